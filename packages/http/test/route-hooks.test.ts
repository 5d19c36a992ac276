import { describe, expect, test } from 'vitest';
import { provideFactory, type BootError } from '@plinth/core';
import { get, HTTP_CONFIG, ROUTE_HOOK, routeHook } from '@plinth/http';
import { build } from './support/serve.js';

const routes = [get('/a/:id', { open: true, summary: 'One.' }, () => 'x'), get('/b', { open: true }, () => 'x')];

describe('a route hook', () => {
  test('sees every compiled route with its prefix and contract before the application listens', async () => {
    const seen: string[] = [];
    const hook = routeHook(
      ({ method, path, open, definition }) => void seen.push(`${method} ${path} ${open} ${definition.contract.summary ?? '-'}`),
    );
    await using _built = await build({ routes, providers: [hook], http: { prefix: '/api' } });
    expect(seen).toEqual([
      'GET /api/a/:id true One.',
      'GET /api/b true -',
      expect.stringContaining('GET /health/live true'),
      expect.stringContaining('GET /health/ready true'),
      expect.stringContaining('GET /health/startup true'),
    ]);
  });

  test('stops the boot with its problems, together with those of other hooks', async () => {
    const summaries = routeHook(({ method, path, definition }) =>
      definition.contract.summary === undefined && !path.startsWith('/health/')
        ? { code: 'SHOP_SUMMARY', message: `${method} ${path} has no summary.` }
        : undefined,
    );
    const names = routeHook(({ path }) => (path === '/b' ? [{ code: 'SHOP_NAME', message: 'b is no name.', where: 'here' }] : []));
    const error = (await build({ routes, providers: [summaries, names] }).catch((thrown: unknown) => thrown)) as BootError;
    expect(error.problems).toEqual([
      { code: 'SHOP_SUMMARY', message: 'GET /b has no summary.', where: expect.stringContaining('GET /b (') as string },
      { code: 'SHOP_NAME', message: 'b is no name.', where: 'here' },
    ]);
  });

  test('may have dependencies when it is provided by a factory', async () => {
    const ports: number[] = [];
    const hook = provideFactory(ROUTE_HOOK, {
      deps: [HTTP_CONFIG],
      create:
        ({ port }) =>
        () =>
          void ports.push(port),
      many: true,
    });
    await using _built = await build({ routes, providers: [hook], http: { health: false } });
    expect(ports).toEqual([0, 0]);
  });
});
