import { AppError } from '@plinth/core';
import { describe, expect, test } from 'vitest';
import {
  AUTH_ERRORS,
  definePermissions,
  definePolicy,
  defineRoles,
  permission,
  resource,
  type Policy,
  type PolicyRule,
} from '@plinth/auth';

const PROTOTYPE_NAMES = ['__proto__', 'constructor', 'prototype', 'toString', 'valueOf', 'hasOwnProperty', 'length', '0', ''];

interface Note {
  readonly id: number;
  readonly owner: string;
  readonly team: string | null;
}
interface User {
  readonly id: unknown;
}
const notes = resource<Note>('note');
const note: Note = { id: 1, owner: 'ada', team: null };
const rule = (give: (user: User) => unknown): Policy<Note, User, 'read'> =>
  definePolicy(notes)({ read: (user: User) => give(user) as PolicyRule<Note> });
const outcome = (run: () => unknown): unknown => {
  try {
    return run();
  } catch (error) {
    return (error as { code?: string }).code ?? error;
  }
};

describe('policies [AU-15]', () => {
  test('no action, field or operator that objects are born with is one of a policy', () => {
    const policy = rule((user) => ({ owner: user.id }));
    for (const name of PROTOTYPE_NAMES) {
      expect(
        outcome(() => policy.allows({ id: 'ada' }, name as never, note)),
        name,
      ).toBe(false);
      expect(
        outcome(() => policy.where({ id: 'ada' }, name as never)),
        name,
      ).toEqual({ or: [] });
      expect(
        outcome(() => policy.check({ id: 'ada' }, name as never, { owner: 'x' })),
        name,
      ).toBe('AUTH_POLICY_DENIED');
      const filter = JSON.parse(`{${JSON.stringify(name)}:"x"}`) as object;
      expect(
        outcome(() => rule(() => filter).allows({ id: 'ada' }, 'read', note)),
        name,
      ).toBe('AUTH_POLICY_FILTER');
      const operator = JSON.parse(`{"owner":{${JSON.stringify(name)}:"x"}}`) as object;
      expect(
        outcome(() => rule(() => operator).allows({ id: 'ada' }, 'read', note)),
        name,
      ).toBe('AUTH_POLICY_FILTER');
    }
  });

  test('a row that inherits its fields, or has them from a prototype that came as JSON, is no row', () => {
    const policy = rule(() => ({ owner: 'ada' }));
    expect(outcome(() => policy.allows({ id: 'ada' }, 'read', Object.create(note) as Note))).toBe('AUTH_POLICY_FILTER');
    const sent = JSON.parse('{"__proto__":{"owner":"ada"},"id":1}') as Note;
    expect(outcome(() => policy.allows({ id: 'ada' }, 'read', sent))).toBe('AUTH_POLICY_FILTER');
    expect(outcome(() => policy.allows({ id: 'ada' }, 'read', Object.assign({}, sent)))).toBe('AUTH_POLICY_FILTER');
  });

  test.each([
    ['the user is nobody', undefined, 'AUTH_POLICY_FILTER'],
    ['the id is empty', '', false],
    ['the id is a number', 0, 'AUTH_POLICY_FILTER'],
    ['the id is NaN', Number.NaN, 'AUTH_POLICY_FILTER'],
    ['the id is true', true, 'AUTH_POLICY_FILTER'],
    ['the id is a function', () => 'ada', 'AUTH_POLICY_FILTER'],
    ['the id is a symbol', Symbol('ada'), 'AUTH_POLICY_FILTER'],
    ['the id is a Text object', new String('ada'), 'AUTH_POLICY_FILTER'],
    ['the id is no list of ids', [undefined], 'AUTH_POLICY_FILTER'],
    ['the id is a list in a list', [['ada']], 'AUTH_POLICY_FILTER'],
    ['the id is an empty list', [], false],
    ['the id is an operator that does not exist', { $ne: '' }, 'AUTH_POLICY_FILTER'],
    ['the id is an empty object', {}, 'AUTH_POLICY_FILTER'],
    ['the id compares in JavaScript only', { toString: () => 'ada' }, 'AUTH_POLICY_FILTER'],
  ])('a rule about the owner lets nobody in when %s', (_what, id, expected) => {
    expect(outcome(() => rule((user) => ({ owner: user.id })).allows({ id }, 'read', note))).toBe(expected);
  });

  test('nothing that is put around a condition turns "unknown" into yes: not, or, and, in any depth', () => {
    const unknown = { team: 'red' };
    const no = { owner: 'eve' };
    const holds = (filter: object): unknown => outcome(() => rule(() => filter).allows({ id: 'ada' }, 'read', note));
    for (const filter of [
      unknown,
      { not: unknown },
      { not: { not: unknown } },
      { or: [unknown, no] },
      { not: { or: [unknown, no] } },
      { and: [unknown, { owner: 'ada' }] },
      { not: { and: [unknown, { owner: 'ada' }] } },
      { or: [{ not: unknown }, { not: { owner: 'ada' } }] },
      { or: [] },
      { and: [{ or: [] }, { owner: 'ada' }] },
      { team: { in: ['red'] } },
      { not: { team: { in: ['red'] } } },
      { not: { team: { startsWith: 'r' } } },
    ])
      expect(holds(filter), JSON.stringify(filter)).toBe(false);
    for (const filter of [
      { or: [{}] },
      { and: [{}] },
      { not: {} },
      { or: { owner: 'ada' } },
      { and: 'x' },
      { not: [] },
      { or: [null] },
      { or: [[]] },
    ])
      expect(holds(filter), JSON.stringify(filter)).toBe('AUTH_POLICY_FILTER');
    expect(holds({ or: [unknown, { owner: 'ada' }] })).toBe(true);
  });

  test('a rule, or a list of fields, that refuses with an error of its own says so; any other failure says nothing and lets nobody in', () => {
    const own = AUTH_ERRORS.SESSION_ENDED();
    const refusing = rule(() => {
      throw own;
    });
    expect(() => refusing.allows({ id: 'ada' }, 'read', note)).toThrow(AppError);
    expect(outcome(() => refusing.where({ id: 'ada' }, 'read'))).toBe('AUTH_SESSION_ENDED');
    const broken = definePolicy(notes)({ read: (_user: User) => true }, { fields: { read: (_user, row) => [row!.owner as never] } });
    expect(outcome(() => broken.check({ id: 'ada' }, 'read', { id: 2 }))).toBe('AUTH_POLICY_FAILED');
    expect(outcome(() => broken.pick({ id: 'ada' }, 'read', note))).toEqual({});
  });
});

const permissions = definePermissions({ 'user.impersonate': 'Act as another user', 'order.refund': 'Refund orders' });
const roles = defineRoles(permissions, {
  customer: {},
  support: { permits: ['user.impersonate'] },
  clerk: { includes: ['support'], permits: ['order.refund'] },
});

describe('roles and permissions [AU-15]', () => {
  test('names that objects are born with are no roles and no permissions, wherever they stand', () => {
    for (const name of PROTOTYPE_NAMES) {
      expect(roles.permits({ roles: [name] }, 'order.refund'), name).toBe(false);
      expect(roles.permits({ roles: ['clerk'] }, name as never), name).toBe(false);
      expect([...roles.permissionsOf({ roles: [name], permissions: [name] })], name).toEqual([]);
      expect(
        outcome(() => permission(roles, name as never)),
        name,
      ).toBe('AUTH_ROLES');
      if (name !== '__proto__')
        expect(
          outcome(() => defineRoles(permissions, { a: { permits: [name as never] } })),
          name,
        ).toBe('AUTH_ROLES');
      expect(
        outcome(() => defineRoles(permissions, { a: { includes: [name as never] } })),
        name,
      ).toBe('AUTH_ROLES');
    }
  });

  test('roles that are a text, an object or a list of lists permit nothing', () => {
    for (const held of [
      'clerk',
      'clerk,support',
      { 0: 'clerk', length: 1 },
      [['clerk']],
      [{ toString: () => 'clerk' }],
      new Set(['clerk']),
    ])
      expect(roles.permits({ roles: held as never }, 'order.refund'), JSON.stringify(held)).toBe(false);
    expect(roles.permits({ roles: ['Clerk', 'clerk ', 'CLERK', 'cler\u212a'] }, 'order.refund')).toBe(false);
  });
});
