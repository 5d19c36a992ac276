import { defineGuard, get, guarded, inject } from '@plinth/http';
import { expect, test } from 'vitest';
import { build } from '../support/serve.js';

const anybody = defineGuard({ name: 'anybody', run: () => ({ who: 'somebody' }) });
const Secret = { type: 'object', properties: { balance: { type: 'integer' } } } as const;

test('what stands behind a guard is stored by nobody, and what is open says nothing of it', async () => {
  await using server = await build({
    routes: [
      guarded(anybody).get('/guarded', { returns: Secret }, () => ({ balance: 1 })),
      get('/open', { open: true, returns: Secret }, () => ({ balance: 2 })),
    ],
  });
  expect((await inject(server.app, { url: '/guarded' })).headers['cache-control']).toBe('no-store');
  expect((await inject(server.app, { url: '/open' })).headers['cache-control']).toBeUndefined();
});
