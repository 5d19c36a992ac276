import { setTimeout as sleep } from 'node:timers/promises';
import { Readable } from 'node:stream';
import { get, media, reply, type RouteDefinition } from '@plinth/http';

/** What must never be told. */
export const secret = 'secret-text';
const shape = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] } as const;
const anything = { type: 'object', additionalProperties: true } as const;

/** What a handler in JavaScript may do, whatever its types say. */
export type Wild = (context: Record<string, never>) => unknown;
/** An open route of such a handler. */
export const wild = (path: string, contract: object, handler: Wild): RouteDefinition =>
  get(path, { open: true, ...contract } as never, handler as never);

/** Throws an error that holds it. */
export function thrower(message = secret): never {
  throw new Error(message);
}

function circular(): object {
  const object: Record<string, unknown> = { a: secret };
  object['self'] = object;
  return object;
}

function nested(): object {
  let value: object = { a: secret };
  for (let level = 0; level < 100_000; level++) value = { value };
  return value;
}

/** An object that cannot be looked at. */
export const traps = new Proxy(
  {},
  {
    get: () => thrower(),
    getPrototypeOf: () => thrower(),
    ownKeys: () => thrower(),
    has: () => thrower(),
  },
);
const overflow = (): number => overflow() + 1;

/** Each is answered with 500, and says nothing. */
export const FAILURES: readonly [what: string, contract: object, handler: Wild][] = [
  ['throws', {}, () => thrower()],
  [
    'throws nothing',
    {},
    () => {
      throw undefined;
    },
  ],
  [
    'throws a frozen error',
    {},
    () => {
      throw Object.freeze(new Error(secret));
    },
  ],
  [
    'throws a symbol',
    {},
    () => {
      throw Symbol(secret);
    },
  ],
  [
    'throws a function',
    {},
    () => {
      throw () => secret;
    },
  ],
  [
    'throws a Response',
    {},
    () => {
      throw new Response(secret, { status: 200 });
    },
  ],
  [
    'throws a promise that rejects',
    {},
    () => {
      const promise = Promise.reject(new Error(secret));
      promise.catch(() => {});
      throw promise;
    },
  ],
  [
    'throws an error that pretends to be one of the framework',
    {},
    () => {
      throw Object.assign(new Error(secret), { code: 'HTTP_NO_ROUTE', kind: 'not-found', status: 200, statusCode: 200, detail: secret });
    },
  ],
  ['rejects', {}, () => Promise.reject(new Error(secret))],
  ['rejects with nothing', {}, () => Promise.reject()],
  [
    'rejects later',
    {},
    async () => {
      await sleep(5);
      thrower();
    },
  ],
  ['overflows the stack', {}, overflow],
  [
    'overflows the stack later',
    {},
    async () => {
      await sleep(1);
      return overflow();
    },
  ],
  ['gives a thenable that throws', {}, () => ({ then: () => thrower() })],
  ['gives a thenable whose then cannot be read', {}, () => Object.defineProperty({}, 'then', { get: () => thrower() })],
  [
    'gives a thenable that rejects twice and resolves',
    {},
    () => ({
      then: (resolve: (value: string) => void, reject: (error: Error) => void) => {
        reject(new Error(secret));
        reject(new Error(secret));
        resolve(secret);
      },
    }),
  ],
  ['gives an undeclared shape', { returns: shape }, () => ({ b: secret })],
  ['gives a list', { returns: shape }, () => [secret]],
  ['gives nothing', { returns: shape }, () => undefined],
  ['gives null', { returns: shape }, () => null],
  ['gives a text instead of an object', { returns: shape }, () => secret],
  ['gives a circular object', { returns: anything }, circular],
  ['gives a circular object that is declared', { returns: shape }, () => ({ a: circular() })],
  [
    'gives an object with a getter that throws',
    { returns: shape },
    () => Object.defineProperty({}, 'a', { enumerable: true, get: () => thrower() }),
  ],
  ['gives a BigInt where a text belongs', { returns: shape }, () => ({ a: 12n })],
  ['gives a symbol', { returns: shape }, () => ({ a: Symbol(secret) })],
  ['gives a function', { returns: shape }, () => ({ a: () => secret })],
  ['gives a Proxy whose traps throw', { returns: shape }, () => traps],
  ['gives a Proxy whose traps throw, without a contract', {}, () => traps],
  ['gives a Proxy in a promise', { returns: shape }, () => Promise.resolve([traps])],
  ['gives an object that cannot be made JSON', { returns: anything }, () => ({ toJSON: () => thrower() })],
  ['gives an object a hundred thousand levels deep', { returns: anything }, nested],
  ['gives an object where a text belongs', {}, () => ({ password: secret })],
  ['gives a number where a text belongs', {}, () => 42],
  ['gives a class', {}, () => class {}],
  ['gives a status that is not declared', {}, () => reply(418 as never, secret as never)],
  ['gives a status that is none', { returns: { 200: shape } }, () => reply(7 as never, { a: secret } as never)],
  ['gives a header with a line break', {}, () => reply(200, 'x', { headers: { 'x-a': 'a\r\nSet-Cookie: b=c' } })],
  ['gives a header whose value is an object', {}, () => reply(200, 'x', { headers: { 'x-a': { a: 1 } as never } })],
  ['gives headers that cannot be read', {}, () => reply(200, 'x', { headers: traps as never })],
  ['gives a cookie whose name has a line break', {}, () => reply(200, 'x', { cookies: [{ name: 'a\r\nb', value: 'c' }] })],
  ['gives a stream that fails at once', { returns: { 200: media('text/plain') } }, () => reply(200, failing(0) as never)],
  ['gives a stream of objects', { returns: { 200: media('text/plain') } }, () => reply(200, Readable.from([{ a: secret }]) as never)],
  [
    'gives a stream that has been read',
    { returns: { 200: media('text/plain') } },
    () => {
      const stream = new ReadableStream();
      stream.getReader();
      return reply(200, stream as never);
    },
  ],
  [
    'gives an iterable that cannot be begun',
    { returns: { 200: media('text/plain') } },
    () => reply(200, { [Symbol.asyncIterator]: () => thrower() } as never),
  ],
  [
    'gives bytes that were transferred away',
    { returns: { 200: shape } },
    () => {
      const { buffer } = new Uint8Array(8);
      structuredClone(buffer, { transfer: [buffer] });
      return reply(200, buffer as never);
    },
  ],
  [
    'sets a header with a line break',
    {},
    (context) => {
      (context['setHeader'] as unknown as (name: string, value: string) => void).call(context, 'x-a', 'a\nb');
      return 'x';
    },
  ],
];

/** A source that fails after some pieces. */
export async function* failing(after: number): AsyncGenerator<string> {
  for (let count = 0; count < after; count++) yield await sleep(1, `piece ${count};`);
  thrower();
}
