import { bearer } from '@plinth/auth';
import { guarded, optional, type HttpContext } from '@plinth/http';
import { TOKEN_SCHEME } from '../conduit.config.js';
import { Users } from './users.js';

const token = bearer({ scheme: TOKEN_SCHEME, users: Users });

/** Routes for users: the handler gets `user`. */
export const signedIn = guarded(token);

/** Routes for everybody: the handler gets `user` when the request has a token. A bad token is refused all the same. */
export const visitor = guarded(optional(token));

/** The token that a signed-in request came with. */
export function sentToken(context: Pick<HttpContext, 'header'>): string {
  return context.header('authorization')!.slice(TOKEN_SCHEME.length + 1);
}
