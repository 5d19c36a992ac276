import { setTimeout as sleep } from 'node:timers/promises';
import { defineGuard, get, guarded, noCredential, post, type HttpOptions } from '@plinth/http';
import { serve, type TestServer } from '../support/serve.js';

const text = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] } as const;
const names = { type: 'array', items: { type: 'string' } } as const;
const search = {
  type: 'object',
  properties: {
    q: { type: 'string' },
    tags: names,
    either: { anyOf: [{ type: 'string' }, names] },
    size: { $ref: '#/$defs/size' },
  },
  $defs: { size: { enum: ['1', '2'] } },
} as const;

/** A server to be attacked, and how often its guarded handler was reached. */
export interface Target extends TestServer {
  readonly reached: number;
}

/** `/ok`, `/slow` (100 ms), `/items/:id`, `/host`, `/search` (query), `/cookies`, `/admin` (guarded), `POST /echo` (JSON, at most 1,000 bytes), `POST /form`. */
export async function serveTarget(http: HttpOptions = {}): Promise<Target> {
  let reached = 0;
  const locked = guarded(
    defineGuard({
      name: 'locked',
      run: () => {
        throw noCredential();
      },
    }),
  );
  const server = await serve({
    // The machine of a test run may be busy with something else.
    http: { overload: false, ...http },
    routes: [
      get('/ok', { open: true }, () => 'ok'),
      get('/slow', { open: true }, () => sleep(100, 'slow')),
      get('/items/:id', { open: true }, ({ params }) => params.id),
      get('/host', { open: true }, ({ host }) => host),
      get('/search', { open: true, query: search }, ({ query }) => JSON.stringify(query)),
      get('/cookies', { open: true, cookies: { type: 'object', properties: { sid: { type: 'string' } } } as const }, ({ cookies }) =>
        JSON.stringify(cookies),
      ),
      locked.get('/admin', {}, () => {
        reached++;
        return 'admin';
      }),
      post('/echo', { open: true, body: text, returns: text, limits: { body: 1000 } }, ({ body }) => body),
      post('/form', { open: true, body: text, accepts: 'form', returns: text }, ({ body }) => body),
    ],
  });
  return Object.defineProperty(server as TestServer & { reached: number }, 'reached', { get: () => reached });
}
