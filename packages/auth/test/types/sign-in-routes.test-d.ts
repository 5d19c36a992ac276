import { guarded, post } from '@plinth/http';
import { expectTypeOf } from 'vitest';
import {
  requireMfa,
  secondFactorRoutes,
  session,
  sessionRoutes,
  signInAnswer,
  toSignInAnswer,
  type AuthUser,
  type SignInAnswer,
} from '@plinth/auth';

declare class People {
  findById(id: string): Promise<{ readonly id: number; readonly name: string } | undefined>;
}

// What `toSignInAnswer` gives is what the schema takes.
post('/', { open: true, returns: signInAnswer }, () => toSignInAnswer({ pending: true, factors: ['totp'] }));
// @ts-expect-error a state that the schema does not know
post('/', { open: true, returns: signInAnswer }, () => ({ state: 'half-way' as const, factors: [] }));
expectTypeOf<SignInAnswer['state']>().toEqualTypeOf<'signed-in' | 'second-factor'>();

secondFactorRoutes({ users: People, accountName: ({ name }) => name });
secondFactorRoutes({ accountName: (user) => (expectTypeOf(user).toEqualTypeOf<AuthUser>(), user.id) });
sessionRoutes({ users: People, prefix: '/me' });
guarded(session, requireMfa()).get('/', { returns: { type: 'string' } as const }, ({ user }) => user.id);

// @ts-expect-error nothing to its left adds a session
guarded(requireMfa());
// @ts-expect-error the users of USERS have no name
secondFactorRoutes({ accountName: ({ name }) => name });
// @ts-expect-error a provider of users finds them by id
sessionRoutes({ users: class Nobody {} });
