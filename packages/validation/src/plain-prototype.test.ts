import { expect, test } from 'vitest';
import { isPlainPrototype } from './plain-prototype.js';

const bare = (): object => Object.create(null) as object;

test('objects of literals, of no prototype and of a frozen empty one hold nothing but their own properties', () => {
  for (const prototype of [Object.prototype, null, Object.freeze(bare()), Object.freeze(bare())])
    expect(isPlainPrototype(prototype)).toBe(true);
});

test('a prototype that holds something, could get something, or has one above it is not plain', () => {
  const secret = Object.freeze(Object.defineProperty(bare(), 'role', { get: () => 'admin' }));
  for (const prototype of [
    secret,
    bare(),
    Array.prototype,
    Date.prototype,
    class {}.prototype,
    Object.freeze(Object.create(Object.freeze(bare()))),
  ])
    expect(isPlainPrototype(prototype as object)).toBe(false);
});
