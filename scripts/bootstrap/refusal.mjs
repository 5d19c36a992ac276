/** Something that keeps a task from running, with what to do about it. Printed without a stack. */
export class Refusal extends Error {
  constructor(message, cure) {
    super(message);
    this.name = 'Refusal';
    this.cure = cure;
  }
}

/** Tells why a download or an installation failed, from what the package manager printed. */
export function refusalOf(what, output) {
  const last = output.trim().split('\n').slice(-12).join('\n        ');
  if (
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT|network request|dns error|error sending request|ERR_PNPM_META_FETCH_FAIL/i.test(
      output,
    )
  ) {
    return new Refusal(
      `${what} needs the package registry, which could not be reached.`,
      `Connect once (or set a proxy or a registry in .npmrc); afterwards everything works offline.\n        ${last}`,
    );
  }
  if (/ENOSPC|no space left/i.test(output))
    return new Refusal(`${what} ran out of disk space.`, 'Free about 700 MB and run the same command again.');
  if (/EACCES|EPERM|EROFS|permission denied|read-only file system/i.test(output)) {
    return new Refusal(`${what} may not write to this folder.`, `Make the project folder writable for this user.\n        ${last}`);
  }
  if (/ERR_PNPM_OUTDATED_LOCKFILE|frozen-lockfile/i.test(output)) {
    return new Refusal(
      `${what} found a package.json that pnpm-lock.yaml does not match.`,
      'Run: node scripts/bootstrap.mjs exec pnpm install --no-frozen-lockfile',
    );
  }
  return new Refusal(`${what} failed.`, last || 'It printed nothing.');
}
