import { describe, expect, test } from 'vitest';
import type { BootError, Problem } from '@plinth/core';
import { DATABASE } from '@plinth/data';
import { REDIS } from '@plinth/data/redis';
import { defineCookie, get, post, type HttpOptions, type RouteDefinition } from '@plinth/http';
import { defineClient, FETCH } from '@plinth/http/fetch';
import { IDEMPOTENCY_STORE } from '@plinth/http/idempotency';
import { METRICS } from '@plinth/http/metrics';
import { file, files, multipart } from '@plinth/http/multipart';
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

  test.each([
    [file({ maxBytes: '2MB' } as object), 'maxBytes is "2MB", and not a whole number of bytes'],
    [file({ minBytes: -1 }), 'minBytes is -1'],
    [file({ maxWidth: NaN }), 'maxWidth is NaN, and not a whole number of pixels'],
    [file({ types: ['image/psd'] } as object), 'types is "image/psd", and not a type that bytes can tell'],
    [file({ types: 'image/png' } as object), 'types is "image/png", and not a list of media types'],
    [files({ max: '3' } as object), 'max is "3", and not a whole number of files'],
  ])('of the files of a part names the part and the value (%#)', (part, said) => {
    const declare = () => multipart({ title: { type: 'string' }, avatar: part });
    expect(declare).toThrow(expect.objectContaining({ code: 'HTTP_FORM_PART' }) as Error);
    expect(declare).toThrow(`The part "avatar" of a multipart form cannot be declared: ${said}`);
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
    [{ cors: { origins: [], methods: 'GET' } }, '"cors.methods"', 'Write a list of texts'],
    [{ cors: { origins: [], headers: [5] } }, '"cors.headers"', 'a list of texts'],
    [{ cors: { origins: [], expose: 'ETag' } }, '"cors.expose"', 'a list of texts'],
    [{ cors: { origins: [], credentials: 'include' } }, '"cors.credentials"', 'true or false'],
    [{ cors: { origin: '*' } }, '"cors.origin"', '"origins"'],
    [{ cors: 'https://app.example.com' }, '"cors"', 'false or an object of options'],
    [{ admin: 9000 }, '"admin"', 'an object of options'],
    [{ securityHeaders: true }, '"securityHeaders"', 'false or an object of options'],
    [{ securityHeaders: { frameOption: 'DENY' } }, '"securityHeaders.frameOption"', '"frameOptions"'],
    [{ securityHeaders: { frameOptions: 'ALLOW' } }, '"securityHeaders.frameOptions"', '"DENY" or "SAMEORIGIN" or false'],
    [{ securityHeaders: { referrerPolicy: 'no-referer' } }, '"securityHeaders.referrerPolicy"', '"no-referrer"'],
    [{ securityHeaders: { resourcePolicy: true } }, '"securityHeaders.resourcePolicy"', '"same-site"'],
    [{ securityHeaders: { openerPolicy: 'none' } }, '"securityHeaders.openerPolicy"', '"unsafe-none"'],
    [{ securityHeaders: { embedderPolicy: 5 } }, '"securityHeaders.embedderPolicy"', '"require-corp"'],
    [{ securityHeaders: { 'X-Own': 5 } }, '"securityHeaders.X-Own"', 'false or a text'],
    [{ securityHeaders: { strictTransport: { maxage: 5 } } }, '"securityHeaders.strictTransport.maxage"', '"maxAge"'],
    [{ securityHeaders: { contentSecurityPolicy: { scriptScr: [] } } }, '"securityHeaders.contentSecurityPolicy.scriptScr"', '"scriptSrc"'],
    [
      { securityHeaders: { contentSecurityPolicy: "default-src 'self'" } },
      '"securityHeaders.contentSecurityPolicy"',
      'an object of options',
    ],
    [{ securityHeaders: { permissionsPolicy: { camera: 'self' } } }, '"securityHeaders.permissionsPolicy.camera"', 'a list of texts'],
    [{ securityHeaders: { reportingEndpoints: { main: 5 } } }, '"securityHeaders.reportingEndpoints.main"', 'a text'],
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
    [{ cors: { origins: [], methods: 'GET' } }, 'a list of texts'],
    [{ securityHeaders: { frameOption: false } }, '"frameOptions"'],
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

test.each([
  [{ cors: { origins: 'https://app.example.com' } }, 'HTTP_CORS', '"https://app.example.com"'],
  [{ cors: { origins: ['app.example.com'] } }, 'HTTP_CORS', '"app.example.com"'],
  [{ cors: { origins: ['https://a.example'], maxAge: '600' } }, 'HTTP_CORS', 'maxAge "600"'],
  [{ admin: { port: '9000' } }, 'HTTP_ADMIN', 'its port is "9000", and not a whole number'],
  [{ admin: { port: 9000, host: '' } }, 'HTTP_ADMIN', 'its host is "", and not an address'],
  [{ admin: { port: 9000, host: 5 } }, 'HTTP_OPTION', '"admin.host" of HttpModule.with is 5, and not a text'],
  [{ admin: { port: 70_000 } }, 'HTTP_ADMIN', 'its port is 70000'],
])('what the part itself checks names option and value, too: %o', async (options, code, said) => {
  const problems = await problemsOf({ routes: [get('/', { open: true }, () => 'x')], http: options as HttpOptions });
  expect(problems[0]?.code).toBe(code);
  expect(problems[0]?.message).toContain(said);
  expect(problems[0]?.help).not.toBeUndefined();
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
