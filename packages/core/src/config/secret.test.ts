import { format, inspect } from 'node:util';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { Secret } from './secret.js';

const secret = new Secret('hunter2');

test('a secret is revealed only by reveal()', () => {
  expect(secret.reveal()).toBe('hunter2');
});

test('however it is printed, a secret shows nothing [CFG-02]', () => {
  let line = '';
  pino({}, { write: (text) => void (line = text) }).info({ secret, nested: { secret } }, 'x');
  const printed = [
    String(secret),
    `${secret as never}`,
    '' + (secret as never),
    JSON.stringify({ secret }),
    inspect(secret),
    inspect({ secret }, { showHidden: true, depth: 9 }),
    format('%s %o %j', secret, secret, secret),
    line,
    Object.entries(secret).join(),
    new Error(`x ${secret as never}`).message,
  ];
  for (const text of printed) expect(text).not.toContain('hunter2');
  expect(printed[0]).toBe('[secret]');
});

test('secrets are compared without telling where they differ', () => {
  expect(secret.equals('hunter2')).toBe(true);
  expect(secret.equals(new Secret('hunter2'))).toBe(true);
  expect(secret.equals('hunter')).toBe(false);
});
