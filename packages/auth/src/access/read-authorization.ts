import { noCredential, type GuardContext } from '@plinth/http';

/**
 * What follows the scheme in the Authorization header (RFC 9110, 11.6.2). Throws `HTTP_NO_CREDENTIAL` where there is no such header, or
 * one of another scheme, which in `anyOf(...)` another guard may take. `what` is the credential in words, such as "access token".
 */
export function readAuthorization(context: GuardContext, scheme: string, what: string, challenge = scheme): string {
  const header = context.header('authorization');
  if (header === undefined)
    throw noCredential(`The request has no ${what}: send "Authorization: ${scheme} <${what.split(' ').at(-1)}>".`, { challenge });
  const space = header.indexOf(' ');
  const name = space < 0 ? header : header.slice(0, space);
  if (name.toLowerCase() !== scheme.toLowerCase()) throw noCredential(`The request has no ${what} of the scheme ${scheme}.`, { challenge });
  // Exactly one space: what follows is the credential as it stands, so that nothing else can pass for the same one.
  return space < 0 ? '' : header.slice(space + 1);
}
