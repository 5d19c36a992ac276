/**
 * The token of a mailed link, `#token=…`. It is taken out of the address bar at once, so that it stays in no history and in no screenshot;
 * in the fragment it has not been sent to any server before.
 */
export function takeLinkToken() {
  const token = new URLSearchParams(location.hash.slice(1)).get('token') ?? undefined;
  if (location.hash !== '') history.replaceState(null, '', location.pathname);
  return token;
}
