import { guarded, optional, anyOf, type FactsOf } from '@plinth/http';
import { bearer, role, session, sessionOf, type AccessToken, type AuthUser, type Session, type UserSource } from '@plinth/auth';
import { expectTypeOf } from 'vitest';

interface Person {
  readonly id: string;
  readonly name: string;
  readonly roles: readonly string[];
}

declare class People implements UserSource<Person> {
  findById(id: string): Promise<Person | undefined>;
}

declare class PeopleAtOnce {
  findById(id: string): Person | undefined;
}

declare class Shoes {
  findBySize(size: number): Promise<Person>;
}

// The user has the type that the application's own provider finds.
const byToken = bearer({ users: People });
expectTypeOf<FactsOf<typeof byToken>>().toEqualTypeOf<{ readonly user: Person; readonly accessToken: AccessToken }>();
const byCookie = sessionOf({ users: PeopleAtOnce });
expectTypeOf<FactsOf<typeof byCookie>>().toEqualTypeOf<{ readonly user: Person; readonly session: Session }>();

// Without a provider of one's own it is what USERS promises.
expectTypeOf<FactsOf<typeof session>['user']>().toEqualTypeOf<AuthUser>();
const byDefault = bearer();
expectTypeOf<FactsOf<typeof byDefault>['user']>().toEqualTypeOf<AuthUser>();

// Handlers see it.
guarded(byToken).get('/', { returns: { type: 'string' } as const }, ({ user }) => user.name);
guarded(optional(byToken)).get('/', { returns: { type: 'string' } as const }, ({ user }) => user?.name ?? '');
guarded(anyOf(byCookie, byToken)).get('/', { returns: { type: 'string' } as const }, ({ user }) => user.name);

// @ts-expect-error without the guard being required, the user may be absent
guarded(optional(byToken)).get('/', { returns: { type: 'string' } as const }, ({ user }) => user.name);

// A class without findById is no source of users.
// @ts-expect-error Shoes has no findById
bearer({ users: Shoes });

// A role needs a user, and one guard to its left to give it.
guarded(session, role('admin'));
guarded(byToken, role('admin', 'owner'));
// @ts-expect-error nobody gives the user
guarded(role('admin'));
// @ts-expect-error the user is given to the right of the role
guarded(role('admin'), session);
// @ts-expect-error a role without a name
guarded(session, role());
