import { isAppError } from '@plinth/core';
import { describe, expect, test } from 'vitest';
import { definePolicy, resource, type Policy, type PolicyRule } from '@plinth/auth';

interface User {
  readonly id: string;
  readonly team: string | null;
  readonly admin?: boolean;
}
interface Note {
  readonly id: number;
  readonly owner: string;
  readonly team: string | null;
  readonly text: string;
  readonly secret: string;
  readonly size: bigint;
}

const ada: User = { id: 'ada', team: 'red' };
const bob: User = { id: 'bob', team: null };
const note: Note = { id: 1, owner: 'ada', team: 'red', text: 'hello', secret: 'x', size: 5n };
const notes = resource<Note>('note');

const policy = definePolicy(notes)(
  {
    read: (user: User) => ({ or: [{ owner: user.id }, { team: { eq: user.team, ne: null } }] }),
    update: (user: User) => ({ owner: user.id }),
    remove: (user: User) => user.admin,
  },
  {
    fields: {
      read: (user, row) => (row?.owner === user.id ? true : ['id', 'owner', 'text']),
      update: () => ['text'],
    },
  },
);
const rule = (give: (user: User) => unknown): Policy<Note, User, 'read'> =>
  definePolicy(notes)({ read: (user: User) => give(user) as PolicyRule<Note> });
const failing = (code: string, reason: string): unknown => expect.objectContaining({ code, detail: expect.stringContaining(reason) });

test('one rule answers for a row and for a list [AU-15]', () => {
  expect(policy.allows(ada, 'update', note)).toBe(true);
  expect(policy.allows(bob, 'update', note)).toBe(false);
  expect(policy.where(bob, 'update')).toEqual({ owner: 'bob' });
  expect(() => policy.authorize(bob, 'update', note)).toThrow(failing('AUTH_POLICY_DENIED', 'You may not update this note'));
});

test('what no rule allows is denied: false, nothing, and actions that do not exist', () => {
  for (const nothing of [false, null, undefined]) {
    expect(rule(() => nothing).allows(ada, 'read', note)).toBe(false);
    expect(rule(() => nothing).where(ada, 'read')).toEqual({ or: [] });
  }
  for (const action of ['publish', 'toString', '__proto__', 'constructor']) {
    expect(policy.allows(ada, action as never, note)).toBe(false);
    expect(policy.where(ada, action as never)).toEqual({ or: [] });
  }
  expect(rule(() => true).where(ada, 'read')).toEqual({ and: [] });
  expect(policy.allows({ ...bob, admin: true }, 'remove', note)).toBe(true);
});

test('the same order of rules does not matter: there is one rule for each action', () => {
  expect(rule(() => ({ and: [{ owner: 'ada' }, { or: [] }] })).allows(ada, 'read', note)).toBe(false);
});

describe('a rule that cannot be judged lets nobody in', () => {
  test.each([
    ['throws', (): unknown => (undefined as unknown as User).id, 'AUTH_POLICY_FAILED', 'it threw'],
    ['is asynchronous', async (): Promise<unknown> => true, 'AUTH_POLICY_FAILED', 'promise'],
    ['is asynchronous and fails', async (): Promise<unknown> => Promise.reject(new Error('no')), 'AUTH_POLICY_FAILED', 'promise'],
    ['is empty', (): unknown => ({}), 'AUTH_POLICY_FILTER', 'say true'],
    ['is empty within', (): unknown => ({ or: [{}] }), 'AUTH_POLICY_FILTER', 'say true'],
    ['has a value that is undefined', (): unknown => ({ owner: undefined }), 'AUTH_POLICY_FILTER', 'undefined'],
    ['has an operand that is undefined', (): unknown => ({ owner: { ne: undefined } }), 'AUTH_POLICY_FILTER', 'undefined'],
    ['has no operator', (): unknown => ({ owner: {} }), 'AUTH_POLICY_FILTER', 'without any operator'],
    ['has an unknown operator', (): unknown => ({ owner: { $ne: 'x' } }), 'AUTH_POLICY_FILTER', 'no such operator'],
    ['asks for the order of text', (): unknown => ({ owner: { gt: 'a' } }), 'AUTH_POLICY_FILTER', 'depends on the database'],
    ['has null in a list', (): unknown => ({ team: { notIn: [null] } }), 'AUTH_POLICY_FILTER', 'values only'],
    ['is a Map', (): unknown => new Map([['owner', 'ada']]), 'AUTH_POLICY_FILTER', 'plain object'],
    ['is a text', (): unknown => 'everything', 'AUTH_POLICY_FILTER', 'plain object'],
    [
      'is nested without end',
      (): unknown => Array.from({ length: 60 }).reduce<object>((inner) => ({ not: inner }), { id: 1 }),
      'AUTH_POLICY_FILTER',
      'deeply',
    ],
  ] as const)('that %s', (_what, give, code, reason) => {
    expect(() => rule(give).allows(ada, 'read', note)).toThrow(failing(code, reason));
    expect(() => rule(give).where(ada, 'read')).toThrow(failing(code, reason));
  });

  test('about a row that lacks the field, where CASL would hold "not equal" for true', () => {
    const { team: _left, ...partial } = note;
    const others = rule(() => ({ or: [{ owner: 'ada' }, { team: { ne: 'blue' } }] }));
    expect(() => others.allows(ada, 'read', partial as Note)).toThrow(failing('AUTH_POLICY_FILTER', 'does not have this field'));
  });

  test.each([
    ['ne', { id: { ne: '1' } }],
    ['not', { not: { id: '1' } }],
    ['notIn', { id: { notIn: ['1'] } }],
  ])('about a value of another type, with %s', (_name, filter) => {
    expect(() => rule(() => filter).allows(ada, 'read', note)).toThrow(failing('AUTH_POLICY_FILTER', 'another type'));
  });

  test('and no value is in the message', () => {
    try {
      rule(() => ({ secret: { gt: 'hunter2' } })).allows(ada, 'read', note);
    } catch (error) {
      expect(isAppError(error) && JSON.stringify([error.detail, error.message])).not.toContain('hunter2');
      return;
    }
    throw new Error('nothing was thrown');
  });
});

test('null means what it means in SQL', () => {
  const none: Note = { ...note, team: null };
  const holds = (filter: object, row = none): boolean => rule(() => filter).allows(ada, 'read', row);
  expect(holds({ team: null })).toBe(true);
  expect(holds({ team: 'red' })).toBe(false);
  expect(holds({ not: { team: 'red' } })).toBe(false);
  expect(holds({ team: { ne: 'red' } })).toBe(true);
  expect(holds({ team: { notIn: ['red'] } })).toBe(true);
  expect(holds({ team: { notIn: [] } })).toBe(true);
  expect(holds({ team: { in: [] } })).toBe(false);
  expect(holds({ not: { team: { in: [] } } })).toBe(true);
  expect(holds({ team: { contains: '' } })).toBe(false);
  expect(holds({ size: { gt: 4n, lt: 6n } })).toBe(true);
});

test('nobody without a team sees what has no team', () => {
  expect(policy.allows(bob, 'read', { ...note, team: null })).toBe(false);
});

test('fields: only those that may be read are given, only those that may be written are taken', () => {
  expect(policy.pick({ ...bob, team: 'red' }, 'read', note)).toEqual({ id: 1, owner: 'ada', text: 'hello' });
  expect(policy.pick(ada, 'read', note)).toEqual(note);
  expect(() => policy.pick(bob, 'read', note)).toThrow(failing('AUTH_POLICY_DENIED', 'read'));
  policy.check(ada, 'update', { text: 'new', owner: undefined });
  expect(() => policy.check(ada, 'update', { text: 'new', owner: 'bob' })).toThrow(failing('AUTH_FIELD_DENIED', '"owner"'));
  expect(() => policy.check(ada, 'update', JSON.parse('{"__proto__":{"admin":true}}') as object)).toThrow(
    failing('AUTH_FIELD_DENIED', '"__proto__"'),
  );
  expect(() => policy.check(bob, 'remove', {})).toThrow(failing('AUTH_POLICY_DENIED', 'remove'));
});

test('a list of fields that fails lets nothing through', () => {
  const broken = definePolicy(notes)({ read: (_user: User) => true }, { fields: { read: () => undefined as never } });
  expect(() => broken.pick(ada, 'read', note)).toThrow(failing('AUTH_POLICY_FAILED', 'neither a list nor true'));
});
