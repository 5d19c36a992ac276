import { redirect } from '@plinth/http';
import { AUTH_ERRORS } from '../errors.js';

const LONGEST = 1_000;

/**
 * A path of this site to go back to. Throws `AUTH_OIDC_RETURN_TO` for everything that a browser, or a server that decodes once more,
 * could take for another site (CWE-601).
 */
export function checkReturnPath(path: string): string {
  if (path.startsWith('/') && path.length <= LONGEST && !/%2f|%5c/i.test(path.split(/[?#]/, 1)[0]!)) {
    const target = targetOf(path);
    if (target !== undefined) return target;
  }
  throw AUTH_ERRORS.OIDC_RETURN_TO({ value: JSON.stringify(path.slice(0, 100)) });
}

/** The path with another parameter in its query. */
export function withParameter(path: string, name: string, value: string): string {
  const url = new URL(path, 'http://path.invalid');
  url.searchParams.set(name, value);
  return url.pathname + url.search + url.hash;
}

// One set of rules for all redirects: those of `redirect`.
function targetOf(path: string): string | undefined {
  try {
    return redirect(path).headers?.['location'] as string | undefined;
  } catch {
    return undefined;
  }
}
