import { guarded } from '@plinth/http';
import { expectTypeOf } from 'vitest';
import { session, sessionOf, sessionPendingOf, stepUp, type SecurityEvent, type Session } from '@plinth/auth';

interface Person {
  readonly id: string;
  readonly name: string;
}

declare class People {
  findById(id: string): Promise<Person | undefined>;
}

guarded(sessionOf({ users: People }), stepUp({ methods: ['otp'] })).get(
  '/',
  { returns: { type: 'string' } as const },
  ({ user, session: found }) => {
    expectTypeOf(found).toEqualTypeOf<Session>();
    return user.name;
  },
);
guarded(sessionPendingOf({ users: People })).get('/', { returns: { type: 'string' } as const }, ({ user }) => user.name);
guarded(session, stepUp()).get('/', { returns: { type: 'string' } as const }, ({ user }) => user.id);

// @ts-expect-error nothing to its left adds a session
guarded(stepUp());
// @ts-expect-error a list of kinds that is empty could never be met
stepUp({ methods: [] });

// The names of the framework are known, and others may be used.
expectTypeOf<'sign-in.password'>().toExtend<SecurityEvent['type']>();
expectTypeOf<'order.refunded'>().toExtend<SecurityEvent['type']>();
