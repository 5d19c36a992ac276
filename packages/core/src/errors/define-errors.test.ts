import { expect, expectTypeOf, test } from 'vitest';
import { AppError, isAppError } from './app-error.js';
import { defineErrors, toProblem } from './define-errors.js';

const ERRORS = defineErrors('ORDER', {
  NOT_FOUND: { kind: 'not-found', detail: 'Order {id} does not exist.', help: 'Look for {id} in the archive.' },
  EMPTY: { kind: 'invalid', detail: 'The order is empty.', title: 'Empty order' },
  BUSY: { kind: 'too-many', detail: 'Busy.', retryAfter: 3, headers: { 'x-queue': '7' } },
});

test('an error takes its code from the family and its sentence from the parameters', () => {
  const error = ERRORS.NOT_FOUND({ id: '7' });
  expect(error).toBeInstanceOf(AppError);
  expect(error).toMatchObject({
    code: 'ORDER_NOT_FOUND',
    kind: 'not-found',
    detail: 'Order 7 does not exist.',
    message: 'Order 7 does not exist.',
    help: 'Look for 7 in the archive.',
  });
});

test('an error carries title, extensions, headers, issues, retry-after and cause [ERR-03]', () => {
  const cause = new Error('disk');
  const issues = [{ pointer: '/items', rule: 'minItems', message: 'must not be empty' }];
  const error = ERRORS.EMPTY({}, { cause, issues, extensions: { shop: 4 }, headers: { 'x-shop': '4' }, retryAfter: 9 });
  expect(error).toMatchObject({ title: 'Empty order', issues, extensions: { shop: 4 }, headers: { 'x-shop': '4' }, retryAfter: 9 });
  expect(error.cause).toBe(cause);
  expect(ERRORS.BUSY()).toMatchObject({ retryAfter: 3, headers: { 'x-queue': '7' } });
});

test('the JSON of an error has neither stack nor cause nor headers', () => {
  const json = JSON.stringify(ERRORS.BUSY({}, { cause: new Error('secret host') }));
  expect(JSON.parse(json)).toEqual({ code: 'ORDER_BUSY', kind: 'too-many', detail: 'Busy.', retryAfter: 3 });
});

test('a parameter that looks like a placeholder is written as it is', () => {
  const pair = defineErrors('PAIR', { BAD: { kind: 'invalid', detail: '{left} and {right}' } });
  expect(pair.BAD({ left: '{right}', right: '$&' }).detail).toBe('{right} and $&');
});

test('braces around anything but a name stay text', () => {
  const braces = defineErrors('BRACES', { BAD: { kind: 'internal', detail: 'Write { deps: [...] } above {type}.' } });
  expectTypeOf(braces.BAD).parameter(0).toEqualTypeOf<{ readonly type: string | number | bigint | boolean | Date | null | undefined }>();
  expect(braces.BAD({ type: 'Orders' }).detail).toBe('Write { deps: [...] } above Orders.');
});

test('dates are written in UTC', () => {
  const dated = defineErrors('DATED', { LATE: { kind: 'gone', detail: 'Gone since {since}.' } });
  expect(dated.LATE({ since: new Date(0) }).detail).toBe('Gone since 1970-01-01T00:00:00.000Z.');
});

test('a family lists its codes, and each factory knows its own', () => {
  expect(ERRORS.codes).toEqual(['ORDER_NOT_FOUND', 'ORDER_EMPTY', 'ORDER_BUSY']);
  expect(ERRORS.EMPTY.code).toBe('ORDER_EMPTY');
  expect(ERRORS.EMPTY.is(ERRORS.EMPTY())).toBe(true);
  expect(ERRORS.EMPTY.is(ERRORS.BUSY())).toBe(false);
});

test('the stack starts where the error was made', () => {
  function placeOrder(): Error {
    return ERRORS.EMPTY();
  }
  expect(placeOrder().stack?.split('\n')[1]).toContain('placeOrder');
});

test('a name that is no code is refused', () => {
  expect(() => defineErrors('order', {})).toThrow(expect.objectContaining({ code: 'CORE_ERROR_NAME' }));
  expect(() => defineErrors('ORDER', { notFound: { kind: 'not-found', detail: '' } })).toThrow(/"notFound"/);
});

test('parameters are checked by the compiler', () => {
  // @ts-expect-error the sentence needs an id
  expect(ERRORS.NOT_FOUND({}).detail).toContain('{id}');
  // @ts-expect-error there is no such placeholder
  expect(ERRORS.NOT_FOUND({ id: '1', name: 'x' }).detail).toContain('Order 1');
});

test('an error of another copy of the package is recognised by its mark', () => {
  class Foreign extends Error {}
  Object.defineProperty(Foreign.prototype, Symbol.for('plinth.AppError'), { value: true });
  expect(isAppError(new Foreign())).toBe(true);
  expect(isAppError(new Error())).toBe(false);
  expect(isAppError({ [Symbol.for('plinth.AppError')]: true })).toBe(false);
});

test('an error becomes a problem of a boot', () => {
  expect(toProblem(ERRORS.NOT_FOUND({ id: 1 }), 'module Orders')).toEqual({
    code: 'ORDER_NOT_FOUND',
    message: 'Order 1 does not exist.',
    where: 'module Orders',
    help: 'Look for 1 in the archive.',
  });
});
