import { describe, expect, test } from 'vitest';
import type { BootError, Problem } from '@plinth/core';
import { DATABASE } from '@plinth/data';
import { REDIS } from '@plinth/data/redis';
import { defineCookie, get, post, type HttpOptions, type RouteDefinition } from '@plinth/http';
import { defineClient, FETCH } from '@plinth/http/fetch';
import { IDEMPOTENCY_STORE } from '@plinth/http/idempotency';
import { METRICS } from '@plinth/http/metrics';
import { file, multipart } from '@plinth/http/multipart';
import { events } from '@plinth/http/sse';
import { build, type Served } from './support/serve.js';

async function problemsOf(served: Served): Promise<readonly Problem[]> {
  const built = await build(served).catch((error: BootError) => error);
  if ('problems' in built) return built.problems;
  await built.app.stop();
  return [];
}

// What a caller in JavaScript may write.
const withOptions = (options: object) => problemsOf({ routes: [], http: options as HttpOptions });
const withContract = (contract: object) =>
  problemsOf({ routes: [post('/', { open: true, ...contract } as never, (() => undefined) as never) as RouteDefinition] });

describe('a limit that is none', () => {
  test.each([
    [{ limits: { body: Number(undefined) } }, 'body', 'NaN'],
    [{ limits: { body: '1mb' } }, 'body', '"1mb"'],
    [{ limits: { body: -1 } }, 'body', '-1'],
    [{ limits: { body: null } }, 'body', 'null'],
    [{ limits: { timeout: 0 } }, 'timeout', '0'],
    [{ limits: { timeout: -5 } }, 'timeout', '-5'],
    [{ limits: { timeout: Infinity } }, 'timeout', 'Infinity'],
    [{ limits: { url: 0 } }, 'url', '0'],
    [{ limits: { headers: 1.5 } }, 'headers', '1.5'],
    [{ limits: { keepAliveTimeout: -1 } }, 'keepAliveTimeout', '-1'],
    [{ limits: { inFlight: 0 } }, 'inFlight', '0'],
    [{ overload: { delay: -1 } }, 'delay', '-1'],
    [{ uploads: { limits: { files: NaN } } }, 'files', 'NaN'],
  ])('of the server stops the boot with HTTP_LIMIT: %o', async (options, name, value) => {
    const problems = await withOptions(options);
    expect(problems.map(({ code }) => code)).toEqual(['HTTP_LIMIT']);
    expect(problems[0]?.message).toContain(`${name} of HttpModule.with is ${value}, and not `);
    expect(problems[0]?.where).toBe('HttpModule');
  });

  test.each([{ body: NaN }, { timeout: 0 }, { bodyTimeout: '5s' }, { line: 0 }])('of a contract names its route: %o', async (limits) => {
    const problems = await withContract({ limits });
    expect(problems.map(({ code }) => code)).toEqual(['HTTP_LIMIT']);
    expect(problems[0]?.message).toContain('of POST / is');
    expect(problems[0]?.where).toContain('option-checks.test.ts');
  });

  test('of a form or a stream of events is refused where it is written', () => {
    expect(() => multipart({ a: file() }, { total: NaN })).toThrow(expect.objectContaining({ code: 'HTTP_LIMIT' }) as Error);
    expect(() => events(undefined, { heartbeat: -1 })).toThrow(expect.objectContaining({ code: 'HTTP_LIMIT' }) as Error);
    expect(() => events(undefined, { hartbeat: 10 } as object)).toThrow(expect.objectContaining({ code: 'HTTP_OPTION' }) as Error);
    expect(events(undefined, { heartbeat: 0 }).mediaType).toBe('text/event-stream');
  });

  test('is each a problem of its own, together with those of routes', async () => {
    const problems = await problemsOf({
      http: { limits: { body: NaN, timeout: -1, url: undefined } as object },
      routes: [get('/secret', {}, () => 'x')],
    });
    expect(problems.map(({ code }) => code)).toEqual(['HTTP_LIMIT', 'HTTP_LIMIT', 'HTTP_UNGUARDED']);
  });
});

describe('an option that does not exist', () => {
  test.each([
    [{ compres: true }, '"compres"', '"compress"'],
    [{ rateLimit: { max: 5 } }, '"rateLimit.max"', 'limit, per, burst, whenDown, headers'],
    [{ limits: { bodi: 5 } }, '"limits.bodi"', '"body"'],
    [{ versioning: { by: 'headr' } }, '"versioning.by"', '"header"'],
    [{ compress: { encoding: ['br'] } }, '"compress.encoding"', '"encodings"'],
    [{ etag: 'wek' }, '"etag"', '"weak"'],
    [{ etag: 'wek!' }, '"etag"', '"weak"'],
    [{ health: { detail: [] } }, '"health.detail"', '"details"'],
    [{ firewall: { semicolon: true } }, '"firewall.semicolon"', '"allow"'],
    [{ unknown: 'rejct' }, '"unknown"', '"reject"'],
    [{ limits: 5 }, '"limits"', 'an object of options'],
    [{ csrf: { tokens: 'yes' } }, '"csrf.tokens"', 'true or false'],
    [{ trailingSlash: 'redirct' }, '"trailingSlash"', '"redirect"'],
  ])('stops the boot with HTTP_OPTION: %o', async (options, name, cure) => {
    const problems = await withOptions(options);
    expect(problems.map(({ code }) => code)).toEqual(['HTTP_OPTION']);
    expect(problems[0]?.message).toContain(name);
    expect(problems[0]?.help).toContain(cure);
  });

  test.each([
    [{ summry: 'x' }, '"summary"'],
    [{ etag: 'strong' }, 'true or false or "weak"'],
    [{ priority: 'hihg' }, '"high"'],
    [{ limits: { bodyTimout: 5 } }, '"bodyTimeout"'],
  ])('in a contract names its route: %o', async (contract, cure) => {
    const problems = await withContract(contract);
    expect(problems.map(({ code }) => code)).toEqual(['HTTP_OPTION']);
    expect(problems[0]?.message).toContain('of POST /');
    expect(problems[0]?.help).toContain(cure);
  });

  test('is no problem while it is undefined', async () => {
    expect(await withOptions({ compres: undefined, limits: { body: undefined } })).toEqual([]);
  });
});

test.each(['/api//x', '/:x', '/api/*rest', '/a b'])('the prefix %s stops the boot with HTTP_PATTERN', async (prefix) => {
  const problems = await withOptions({ prefix });
  expect(problems.map(({ code }) => code)).toEqual(['HTTP_PATTERN']);
});

test('what production lacks is said all at once, and each once', async () => {
  const problems = await problemsOf({
    http: { csrf: { tokens: true }, cookies: [defineCookie('basket', { schema: { type: 'string' } })] },
    env: { NODE_ENV: 'production' },
  });
  expect(problems.map(({ code }) => code).sort()).toEqual(['CORE_KEY_MISSING', 'HTTP_HOSTS_MISSING']);
});

test.each([
  [FETCH, 'Import FetchModule of @plinth/http/fetch into '],
  [
    defineClient('PAYMENTS', { baseUrl: 'https://pay.example' }).token,
    'Import FetchModule.with({ clients: [PAYMENTS] }) of @plinth/http/fetch into ',
  ],
  [IDEMPOTENCY_STORE, 'Import IdempotencyModule of @plinth/http/idempotency into '],
  [METRICS, 'Import MetricsModule of @plinth/http/metrics into '],
  [DATABASE, 'Import DataModule of @plinth/data into '],
  [REDIS, 'Import RedisModule of @plinth/data/redis into '],
])('a route that needs %s, which no module provides, names the module', async (key, cure) => {
  const [problem] = await problemsOf({ routes: [get('/', { open: true }, () => 'x', { deps: [key] } as never)] });
  expect(problem?.code).toBe('CORE_DI_MISSING');
  expect(problem?.help).toContain(cure);
});
