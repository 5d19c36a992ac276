import { describe, expect, test } from 'vitest';
import { AppError, defineErrors } from '@plinth/core';
import { get, HTTP_ERRORS, inject, type ProblemDetails } from '@plinth/http';
import { build, sendRaw, serve } from './support/serve.js';

const production = { NODE_ENV: 'production', APP_HOSTS: 'api.example.com' };
const ORDERS = defineErrors('ORDER', { NOT_FOUND: { kind: 'not-found', detail: 'Order {id} does not exist.' }, GONE_DB: { kind: 'unavailable', detail: 'db-7.internal does not answer.', retryAfter: 3 } });
const throwing = (thrown: unknown) => get('/', { open: true }, () => { throw thrown; });

describe('an error', () => {
  test.each([
    ['a string', 'secret-text'],
    ['null', null],
    ['undefined', undefined],
    ['an object', { password: 'secret-text' }],
    ['an Error', new Error('secret-text')],
    ['an error with a getter that throws', Object.defineProperty(new Error('secret-text'), 'status', { get() { throw new Error('again'); } })],
  ])('thrown as %s is a 500 that says nothing, logged once with its cause [ERR-02] [ERR-04]', async (_name, thrown) => {
    await using server = await build({ routes: [throwing(thrown)], env: production });
    const response = await inject(server.app, { url: '/' });
    expect(response.status).toBe(500);
    expect(response.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    const problem = response.json() as ProblemDetails;
    expect(problem).toMatchObject({ type: 'about:blank', title: 'Internal error', status: 500, code: 'INTERNAL', instance: `urn:request:${response.headers['x-request-id']}` });
    expect(response.text()).not.toContain('secret-text');
    expect(problem.stack).toBeUndefined();
    const errors = server.logs.filter((line) => line['code'] === 'INTERNAL' && line.msg !== 'request');
    expect(errors).toHaveLength(1);
    expect(errors[0]?.['requestId']).toBe(response.headers['x-request-id']);
  });

  test('rejected with nothing is a 500 too [ERR-04]', async () => {
    await using server = await build({ routes: [get('/', { open: true }, () => Promise.reject() as Promise<string>)], env: production });
    expect((await inject(server.app, { url: '/' })).status).toBe(500);
  });

  test('shows its stack, its cause and its cure in development [ERR-02]', async () => {
    await using server = await build({ routes: [throwing(new Error('outer', { cause: new Error('inner') }))] });
    const problem = (await inject(server.app, { url: '/' })).json() as ProblemDetails;
    expect(problem.detail).toBe('outer');
    expect(problem.stack?.join('\n')).toContain('inner');
  });

  test('of the application keeps its code, detail, extensions and headers; its kind gives the status [ERR-03]', async () => {
    const error = ORDERS.NOT_FOUND({ id: '7' }, { extensions: { order: '7', status: 200 }, headers: { 'x-hint': 'list' } });
    await using server = await build({ routes: [throwing(error)], env: production });
    const response = await inject(server.app, { url: '/' });
    expect([response.status, response.headers['x-hint'], response.headers['cache-control']]).toEqual([404, 'list', 'no-store']);
    expect(response.json()).toMatchObject({ status: 404, code: 'ORDER_NOT_FOUND', detail: 'Order 7 does not exist.', order: '7' });
  });

  test('of kind unavailable hides its words in production, and says when to try again', async () => {
    await using server = await build({ routes: [throwing(ORDERS.GONE_DB())], env: production });
    const response = await inject(server.app, { url: '/' });
    expect([response.status, response.headers['retry-after']]).toEqual([503, '3']);
    expect(response.text()).not.toContain('db-7');
    expect(response.json()).toMatchObject({ code: 'ORDER_GONE_DB' });
  });

  test('with circular extensions or a header that cannot be sent is answered all the same', async () => {
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    const error = new AppError({ code: 'X', kind: 'conflict', detail: 'No.', extensions: { circular }, headers: { 'x-bad': 'a\r\nb' } });
    await using server = await build({ routes: [throwing(error)], env: production });
    const response = await inject(server.app, { url: '/' });
    expect([response.status, response.headers['x-bad']]).toEqual([409, undefined]);
    expect(response.json()).toMatchObject({ code: 'X', detail: 'No.' });
  });

  test('takes the form that the application chooses in one place, also when the parser raises it [ERR-06]', async () => {
    const errorBody = (problem: ProblemDetails) => ({ body: { errors: { [problem.code]: [problem.detail] } }, status: problem.status === 404 ? 410 : problem.status });
    await using server = await serve({ routes: [throwing(ORDERS.NOT_FOUND({ id: '7' }))], http: { errorBody } });
    const response = await fetch(server.url);
    expect([response.status, response.headers.get('content-type')]).toEqual([410, 'application/json; charset=utf-8']);
    expect(await response.json()).toEqual({ errors: { ORDER_NOT_FOUND: ['Order 7 does not exist.'] } });
    const raw = await sendRaw(server.port, 'GET / HTTP/1.1\r\nHost : x\r\n\r\n');
    expect(raw.statuses).toEqual([400]);
    expect(raw.text).toContain('{"errors":{"HTTP_SYNTAX":');
    expect(server.logs.some((line) => line['code'] === 'HTTP_SYNTAX')).toBe(true);
  });

  test('an errorBody that throws is logged, and the problem itself is sent', async () => {
    await using server = await build({ routes: [throwing(new Error('x'))], http: { errorBody: () => { throw new Error('broken'); } } });
    const response = await inject(server.app, { url: '/' });
    expect([response.status, response.headers['content-type']]).toEqual([500, 'application/problem+json; charset=utf-8']);
  });

  test('of the framework has a code of its own and every code is unique [ERR-01]', () => {
    expect(new Set(HTTP_ERRORS.codes).size).toBe(HTTP_ERRORS.codes.length);
    for (const code of HTTP_ERRORS.codes) expect(code).toMatch(/^HTTP_[A-Z_]+$/);
  });
});
