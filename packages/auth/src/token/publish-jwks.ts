import { get, media, type RouteDefinition } from '@plinth/http';
import { AUTH_ERRORS } from '../errors.js';
import { PublicKeys } from './public-keys.js';

/** Where keys are published, and for how long they may be kept. */
export interface JwksOptions {
  /** Default `/.well-known/jwks.json`. */
  readonly path?: string;
  /** Seconds for which caches may keep them, 0 to 86,400; 300. A new key must be listed for that long before it signs. */
  readonly maxAge?: number;
}

/**
 * The route at which other services find the public keys of our tokens (RFC 7517): list it in the `routes` of a module. It is open to
 * anybody. Throws `AUTH_OPTIONS`; so does the start where `tokens.keys` has no key pairs.
 *
 * @example
 * @Module({ imports: [AuthModule.with({ tokens: { keys } })], routes: [publishJwks()] })
 * class AppModule {}
 */
export function publishJwks({ path = '/.well-known/jwks.json', maxAge = 300 }: JwksOptions = {}): RouteDefinition {
  if (!Number.isInteger(maxAge) || maxAge < 0 || maxAge > 86_400)
    throw AUTH_ERRORS.OPTIONS({ option: 'publishJwks.maxAge', value: maxAge, rule: 'it must be an integer of 0 to 86,400 seconds' });
  return get(
    path,
    {
      open: true,
      summary: 'The public keys by which access tokens are verified',
      returns: { 200: media('application/jwk-set+json') },
      cache: { scope: 'public', maxAge },
    },
    (_context, keys) => JSON.stringify(keys.keySet()),
    { deps: [PublicKeys] },
  );
}
