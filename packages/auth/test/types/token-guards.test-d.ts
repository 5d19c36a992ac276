import { anyOf, guarded, type FactsOf } from '@plinth/http';
import { FETCH } from '@plinth/http/fetch';
import {
  apiKey,
  authLevel,
  basic,
  bearer,
  preAuthenticated,
  remoteTokens,
  scopes,
  session,
  type AccessToken,
  type ApiKey,
  type IdentitySource,
  type RemoteToken,
  type SignInSource,
  type UserSource,
} from '@plinth/auth';
import { expectTypeOf } from 'vitest';

interface Person {
  readonly id: string;
  readonly name: string;
}

declare class People implements UserSource<Person>, SignInSource<Person>, IdentitySource<Person> {
  findById(id: string): Promise<Person | undefined>;
  findForSignIn(name: string): Promise<{ user: Person; passwordHash: string } | undefined>;
  updatePasswordHash(id: string, passwordHash: string): Promise<void>;
  findByIdentity(issuer: string, subject: string): Promise<Person | undefined>;
}

const remote = { issuer: 'https://id.example', audience: 'a', fetch: FETCH };
const byKey = apiKey({ scopes: ['a'] });
const byOwner = apiKey({ users: People });
const byName = basic({ users: People });
const byProxy = preAuthenticated({ header: 'X-User', proxies: ['10.0.0.1'], users: People });
const byIssuer = remoteTokens(remote);
const byIdentity = remoteTokens({ ...remote, users: People });

expectTypeOf<FactsOf<typeof byKey>>().toEqualTypeOf<{ readonly apiKey: ApiKey }>();
expectTypeOf<FactsOf<typeof byOwner>['user']>().toEqualTypeOf<Person>();
expectTypeOf<FactsOf<typeof byName>>().toEqualTypeOf<{ readonly user: Person }>();
expectTypeOf<FactsOf<typeof byProxy>>().toEqualTypeOf<{ readonly user: Person }>();
expectTypeOf<FactsOf<typeof byIssuer>>().toEqualTypeOf<{ readonly accessToken: RemoteToken }>();
expectTypeOf<FactsOf<typeof byIdentity>['user']>().toEqualTypeOf<Person>();

// Handlers see what the guard that let the request in gives.
guarded(anyOf(byOwner, byName)).get('/', { returns: { type: 'string' } as const }, ({ user }) => user.name);
guarded(anyOf(bearer(), byIssuer)).get('/', { returns: { type: 'string' } as const }, ({ accessToken }) => {
  expectTypeOf(accessToken).toEqualTypeOf<AccessToken | RemoteToken>();
  return accessToken.subject;
});
// @ts-expect-error a key alone gives no user
guarded(byKey).get('/', { returns: { type: 'string' } as const }, ({ user }) => user.name);

// Scopes stand to the right of a token or a key, whichever it is.
guarded(bearer(), scopes('a', 'b'));
guarded(byIssuer, scopes('a'));
guarded(byKey, scopes('a'));
guarded(anyOf(byKey, bearer(), byIssuer), scopes('a'));
// @ts-expect-error a session has neither
guarded(session, scopes('a'));
// @ts-expect-error no scope is named
guarded(bearer(), scopes());

// A level is told by tokens only.
guarded(anyOf(bearer(), byIssuer), authLevel({ maxAge: 60 }));
// @ts-expect-error a key tells of no sign-in
guarded(byKey, authLevel({ maxAge: 60 }));

// @ts-expect-error a shared secret is no algorithm for another issuer
remoteTokens({ ...remote, algorithms: ['HS256'] });
// @ts-expect-error whose tokens are for anybody
remoteTokens({ issuer: 'https://id.example', fetch: FETCH });
// @ts-expect-error everybody is no proxy
preAuthenticated({ header: 'X-User', proxies: [], users: People });
