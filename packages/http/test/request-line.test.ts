import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { Injectable } from '@plinth/core';
import {
  Controller,
  created,
  defineAround,
  defineGuard,
  defineOuterAround,
  Get,
  get,
  guarded,
  inject,
  noCredential,
  post,
  reply,
} from '@plinth/http';
import { build, serve } from './support/serve.js';

const item = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'], additionalProperties: false } as const;

describe('the request line', () => {
  test('a controller, its parameter, query and body are served; undeclared fields never leave [VAL-08]', async () => {
    @Injectable()
    @Controller('/items', { open: true })
    class Items {
      @Get('/:id', {
        query: { type: 'object', properties: { loud: { type: 'boolean' } } } as const,
        returns: { type: 'object', properties: { id: { type: 'string' }, loud: { type: 'boolean' } }, required: ['id'] } as const,
      })
      find({ params, query }: { params: { id: string }; query: { loud?: boolean } }) {
        return { id: params.id, loud: query.loud ?? false, password: 'secret' };
      }
    }
    const create = post('/items', { open: true, body: item, returns: { 201: item } }, async ({ body }) =>
      created(body, { headers: { location: '/items/1' } }),
    );
    await using server = await serve({ controllers: [Items], routes: [create] });
    const found = await fetch(`${server.url}/items/7?loud=true`);
    expect(found.status).toBe(200);
    expect(await found.json()).toEqual({ id: '7', loud: true });
    expect(found.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(found.headers.get('x-content-type-options')).toBe('nosniff');
    const made = await fetch(`${server.url}/items`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"name":"lamp"}',
    });
    expect([made.status, made.headers.get('location'), await made.json()]).toEqual([201, '/items/1', { name: 'lamp' }]);
  });

  test('every issue of every part is reported at once, with its place and pointer [VAL-01]', async () => {
    const contract = {
      open: true,
      params: { type: 'object', properties: { id: { type: 'integer' } }, required: ['id'] },
      query: { type: 'object', properties: { page: { type: 'integer' } }, required: ['page'] },
      headers: { type: 'object', properties: { 'x-tenant': { type: 'string' } }, required: ['x-tenant'] },
      cookies: { type: 'object', properties: { theme: { type: 'string', enum: ['dark', 'light'] } } },
      body: item,
    } as const;
    await using server = await build({ routes: [post('/a/:id', contract, () => 'ok')] });
    const response = await inject(server.app, {
      method: 'POST',
      url: '/a/x?other=1',
      headers: { cookie: 'theme=pink' },
      body: { name: 1, extra: true },
    });
    expect(response.status).toBe(422);
    const problem = response.json() as { code: string; issues: { in: string; pointer: string; rule: string }[] };
    expect(problem.code).toBe('HTTP_INVALID');
    expect(problem.issues.map((issue) => `${issue.in} ${issue.pointer}`).sort()).toEqual([
      'body /extra',
      'body /name',
      'cookies /theme',
      'headers /x-tenant',
      'params /id',
      'query /other',
      'query /page',
    ]);
  });

  test('stations run in order: outer arounds, guards, checks, inner arounds, handler [PL-01]', async () => {
    const steps: string[] = [];
    const outer = defineOuterAround({
      name: 'outer',
      run: async (_context, next) => {
        steps.push('outer in');
        const r = await next();
        steps.push('outer out');
        return r;
      },
    });
    const inner = (name: string) =>
      defineAround({
        name,
        run: async (_context, next) => {
          steps.push(`${name} in`);
          const r = await next();
          steps.push(`${name} out`);
          return r.withHeaders({ [`x-${name}`]: '1' });
        },
      });
    const guard = (name: string) =>
      defineGuard({
        name,
        run: async () => {
          steps.push(name);
          await sleep(1);
          return { [name]: true };
        },
      });
    const route = guarded(guard('first'), guard('second')).route('GET', '/', { around: [inner('route')] }, () => {
      steps.push('handler');
      return 'done';
    });
    await using server = await build({ routes: [route], http: { outer: [outer], around: [inner('app')] } });
    const response = await inject(server.app, { url: '/' });
    expect([response.status, response.text(), response.headers['x-app'], response.headers['x-route']]).toEqual([200, 'done', '1', '1']);
    expect(steps).toEqual(['outer in', 'first', 'second', 'app in', 'route in', 'handler', 'route out', 'app out', 'outer out']);
  });

  test('a guard that refuses stops the body from being read, and the handler from running [PL-04]', async () => {
    let ran = false;
    const closed = guarded(
      defineGuard({
        name: 'closed',
        run: () => {
          throw noCredential('No.', { challenge: 'Bearer' });
        },
      }),
    );
    await using server = await build({
      routes: [
        closed.post('/', { body: item }, () => {
          ran = true;
          return 'x';
        }),
      ],
    });
    const response = await inject(server.app, {
      method: 'POST',
      url: '/',
      body: 'not json',
      headers: { 'content-type': 'application/json' },
    });
    expect([response.status, (response.json() as { code: string }).code, response.headers['www-authenticate'], ran]).toEqual([
      401,
      'HTTP_NO_CREDENTIAL',
      'Bearer',
      false,
    ]);
  });

  test('an around may answer instead of the handler; what it answers is checked against the contract', async () => {
    const cached = defineAround({ name: 'cached', run: async () => reply(200, { name: 'kept', extra: 1 }) });
    const wrong = defineAround({ name: 'wrong', run: async () => reply(200, { nothing: true }) });
    await using server = await build({
      open: true,
      routes: [
        get('/kept', { returns: item, around: [cached] }, () => ({ name: 'made' })),
        get('/wrong', { returns: item, around: [wrong] }, () => ({ name: 'made' })),
      ],
    });
    expect((await inject(server.app, { url: '/kept' })).json()).toEqual({ name: 'kept' });
    expect((await inject(server.app, { url: '/wrong' })).status).toBe(500);
  });
});
