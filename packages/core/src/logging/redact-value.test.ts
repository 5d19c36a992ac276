import { expect, test } from 'vitest';
import { Secret } from '../config/secret.js';
import { createRedactor } from './redact-value.js';
import { createKeyCheck, isSensitiveKey } from './sensitive-key.js';

const redactor = createRedactor();
const hidden = '[redacted]';

test.each([
  'password',
  'pass',
  'pwd',
  'secret',
  'token',
  'authorization',
  'Authorization',
  'cookie',
  'set-cookie',
  'x-api-key',
  'apiKey',
  'API_KEY',
  'session',
  'sid',
  'otp',
  'credential',
  'credentials',
  'privateKey',
  'private_key',
  'accessToken',
  'refresh_token',
  'client-secret',
  'userpassword',
  'PHPSESSID',
  'connect.sid',
  'x-csrf-token',
  'APP_KEY',
  'passwordHash',
  'sessionId',
  'otpCode',
  'verificationCode',
  'X-Amz-Signature',
  'JWT',
])('values under %j are hidden [LOG-04]', (key) => expect(redactor.fields({ [key]: 'v' })).toEqual({ [key]: hidden }));

test.each([
  'name',
  'passenger',
  'compass',
  'tokenizer',
  'sidebar',
  'statusCode',
  'code',
  'countryCode',
  'keyboard',
  'monkey',
  'author',
  'pinned',
  'secretary_name'.slice(9),
])('values under %j are kept', (key) => expect(redactor.fields({ [key]: 'v' })).toEqual({ [key]: 'v' }));

test('secrets are hidden at any depth, in arrays, maps and sets, and the original is untouched [LOG-04]', () => {
  const original = { a: [{ b: new Map([['password', 'x']]) }], set: new Set(['/?token=x']), headers: { cookie: 'sid=1', accept: '*/*' } };
  expect(redactor.fields(original)).toEqual({
    a: [{ b: { password: hidden } }],
    set: ['/?token=[redacted]'],
    headers: { cookie: hidden, accept: '*/*' },
  });
  expect(original.headers.cookie).toBe('sid=1');
});

test('a code is hidden where a client sent it, and kept where it is an error code [LOG-04]', () => {
  expect(redactor.fields({ code: 'E1', body: { code: '123456', items: [{ code: '1' }] }, query: { code: 'x' } })).toEqual({
    code: 'E1',
    body: { code: hidden, items: [{ code: hidden }] },
    query: { code: hidden },
  });
});

test('what says nothing is kept: booleans, null, and counts', () => {
  const fields = { token: null, password: true, tokens: 512, session: undefined };
  expect(redactor.fields(fields)).toBe(fields);
  expect(redactor.fields({ otp: 123_456 })).toEqual({ otp: hidden });
});

test('a line without secrets is not copied', () => {
  const fields = { a: 1, b: 'text', c: { d: [1, 2] } };
  expect(redactor.fields(fields)).toBe(fields);
});

test('cycles, depth, width, streams, buffers and bad getters are bounded', () => {
  const cycle: Record<string, unknown> = { name: 'x' };
  cycle['self'] = cycle;
  expect(redactor.fields(cycle)).toEqual({ name: 'x', self: '[circular]' });
  let deep: unknown = 'bottom';
  for (let level = 0; level < 50; level++) deep = { deep };
  expect(JSON.stringify(redactor.value(deep))).toContain('[deeper]');
  expect(JSON.stringify(redactor.value(Array.from({ length: 5_000 }, (_, i) => i))).length).toBeLessThan(5_000);
  expect(redactor.fields({ out: process.stdout, bytes: Buffer.from('secret') })).toEqual({
    out: expect.stringMatching(/^\[\w+\]$/),
    bytes: '[Buffer of 6 bytes]',
  });
  const bad = {
    get broken(): never {
      throw new Error('no');
    },
    password: 'x',
  };
  expect(redactor.fields({ bad, big: 10n })).toEqual({ bad: { broken: '[unreadable]', password: hidden }, big: '10' });
});

test('a key named __proto__ pollutes nothing', () => {
  const clean = redactor.fields(JSON.parse('{"__proto__": {"password": "x"}, "a": "sid=1"}') as object);
  expect(Object.getPrototypeOf(clean)).toBe(Object.prototype);
  expect(({} as { password?: string }).password).toBeUndefined();
});

test('secrets, URLs and whatever makes its own JSON are looked through', () => {
  expect(
    redactor.fields({ a: new Secret('x'), url: new URL('https://me:pw@x.example/?token=1'), own: { toJSON: () => ({ token: 'x' }) } }),
  ).toEqual({
    a: '[secret]',
    url: 'https://me:[redacted]@x.example/?token=[redacted]',
    own: { token: hidden },
  });
});

test('an error keeps type, message, stack, code, causes and the errors of an AggregateError [LOG-05]', () => {
  const root = Object.assign(new TypeError('root'), { code: 'E_ROOT', token: 'x' });
  const error = new AggregateError([new RangeError('one'), 'two'], 'all', { cause: new Error('middle', { cause: root }) });
  expect(redactor.fields(error)).toEqual({
    err: {
      type: 'AggregateError',
      message: 'all',
      stack: expect.stringContaining('all'),
      cause: {
        type: 'Error',
        message: 'middle',
        stack: expect.any(String),
        cause: { type: 'TypeError', message: 'root', code: 'E_ROOT', token: hidden, stack: expect.any(String) },
      },
      errors: [{ type: 'RangeError', message: 'one', stack: expect.any(String) }, 'two'],
    },
  });
});

test('an error that is its own cause ends', () => {
  const error = new Error('loop');
  error.cause = error;
  expect(redactor.value(error)).toMatchObject({ cause: '[circular]' });
});

test('further keys can be named', () => {
  expect(createRedactor(['x-internal-id']).fields({ xInternalId: 'a', other: 'b' })).toEqual({ xInternalId: hidden, other: 'b' });
});

test('the memory of keys is bounded', () => {
  const check = createKeyCheck();
  for (let i = 0; i < 20_000; i++) check(`key${i}`);
  expect(check('password')).toBe('sensitive');
  expect(isSensitiveKey('code')).toBe(false);
});
