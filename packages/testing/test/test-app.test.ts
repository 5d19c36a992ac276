import { AssertionError } from 'node:assert';
import { CLOCK, Injectable, LOGGER, Module, token, type Clock, type Logger } from '@plinth/core';
import { Controller, Get, get, HTTP_CONFIG, HttpModule, ok, Post, post } from '@plinth/http';
import { provideValue } from '@plinth/core';
import { expectProblem, fakeClock, testApp } from '@plinth/testing';
import { expect, test } from 'vitest';

interface Greeter {
  greet(name: string): string;
}
const GREETER = token<Greeter>('GREETER');
const Echo = {
  type: 'object',
  required: ['method', 'cookie', 'key', 'query', 'body'],
  properties: { method: { type: 'string' }, cookie: { type: 'string' }, key: { type: 'string' }, query: {}, body: {} },
} as const;
const Query = {
  type: 'object',
  properties: { q: { type: 'string' }, tag: { type: 'array', items: { type: 'string' } }, n: { type: 'integer' } },
} as const;

@Controller('/greetings', { open: true })
@Injectable({ deps: [GREETER, CLOCK, LOGGER] })
class GreetingsController {
  constructor(
    private readonly greeter: Greeter,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  @Get('/now')
  now(): string {
    return this.clock.date().toISOString();
  }

  @Get('/fail')
  fail(): string {
    throw new Error('broken on purpose');
  }

  @Get('/:name')
  greet({ params }: { params: { name: string } }): string {
    this.logger.info({ name: params.name }, 'greeted');
    return this.greeter.greet(params.name);
  }

  @Post('/sign-in')
  signIn() {
    return ok('in').withCookie('sid', 's1', { maxAge: 60 }).withCookie('theme', 'dark', { path: '/greetings' });
  }

  @Post('/sign-out')
  signOut() {
    return ok('out', { cookies: [{ name: 'sid', value: '', options: { maxAge: 0 } }] });
  }
}

const echo = get('/echo', { open: true, query: Query, returns: Echo }, (context) => ({
  method: context.method,
  cookie: context.header('cookie') ?? '',
  key: context.header('x-key') ?? '',
  query: context.query,
  body: null,
}));
const echoForm = post(
  '/form',
  { open: true, accepts: 'form', body: { type: 'object', required: ['a'], properties: { a: { type: 'string' } } }, returns: {} },
  ({ body }) => body,
);
const echoJson = post(
  '/json',
  { open: true, body: { type: 'object', required: ['a'], properties: { a: { type: 'integer' } } }, returns: {} },
  ({ body }) => body,
);

@Module({
  imports: [HttpModule],
  controllers: [GreetingsController],
  providers: [provideValue(GREETER, { greet: (name: string) => `Hello, ${name}` })],
  routes: [echo, echoForm, echoJson],
})
class AppModule {}

test('a module runs as a whole application, and answers without a socket [TS-01]', async () => {
  await using app = await testApp(AppModule).start();
  const response = await app.client.get('/greetings/ada');
  expect([response.status, response.text()]).toEqual([200, 'Hello, ada']);
  expect(app.server.address()?.port).toBeGreaterThan(0);
  expect(app.app.state).toBe('running');
});

test('an override takes the place of a provider, and must take the place of one [TS-01]', async () => {
  const start = testApp(AppModule);
  await using app = await start.override(GREETER, { greet: (name) => `Bye, ${name}` }).start();
  expect((await app.client.get('/greetings/ada')).text()).toBe('Bye, ada');
  expect(app.get(GREETER).greet('x')).toBe('Bye, x');
  await using untouched = await start.start();
  expect((await untouched.client.get('/greetings/ada')).text()).toBe('Hello, ada');
  await expect(start.override(token<string>('NOBODY'), 'x').start()).rejects.toMatchObject({ problems: [expect.anything()] });
});

test('the application stops at the end of the block', async () => {
  let outside;
  {
    await using app = await testApp(AppModule).start();
    outside = app.app;
  }
  expect(outside.state).toBe('stopped');
});

test("the machine's environment does not reach the application; what the test names does", async () => {
  process.env['HTTP_TEST_LEAK'] = '1';
  const start = testApp(AppModule);
  await expect(start.env({ PORT: 'none' }).start()).rejects.toMatchObject({
    problems: [expect.objectContaining({ message: expect.stringContaining('PORT') })],
  });
  await using app = await start
    .config(HTTP_CONFIG.override({ port: 0 }))
    .env({ PORT: undefined })
    .start();
  expect((await app.client.get('/echo')).status).toBe(200);
});

test('the client sends queries, headers, cookies, JSON and forms', async () => {
  await using app = await testApp(AppModule).start();
  const client = app.client.with({ headers: { 'X-Key': 'k' } });
  expect(
    (await client.get('/echo', { query: { q: 'a b&c', tag: ['x', 'y'], n: 2, none: undefined }, cookies: { a: '1' } })).json(),
  ).toEqual({
    method: 'GET',
    cookie: 'a=1',
    key: 'k',
    query: { q: 'a b&c', tag: ['x', 'y'], n: 2 },
    body: null,
  });
  expect((await client.post('/json', { json: { a: 1 } })).json()).toEqual({ a: 1 });
  expect((await client.post('/form', { form: { a: 'ä&=' } })).json()).toEqual({ a: 'ä&=' });
  expect((await client.post('/json', { body: '{"a":2}', headers: { 'content-type': 'application/json' } })).json()).toEqual({ a: 2 });
  expect((await client.head('/echo')).text()).toBe('');
  expect((await client.options('/echo')).headers['allow']).toContain('GET');
});

test('the client keeps cookies by path until they expire, and a fresh client has none', async () => {
  const clock = fakeClock();
  await using app = await testApp(AppModule).clock(clock).start();
  await app.client.post('/greetings/sign-in');
  expect(app.client.cookies.get('sid')).toBe('s1');
  expect(((await app.client.get('/echo')).json() as { cookie: string }).cookie).toBe('sid=s1');
  expect(app.client.cookies.header('/greetings/x')).toBe('theme=dark; sid=s1');
  expect(((await app.client.fresh().get('/echo')).json() as { cookie: string }).cookie).toBe('');
  await clock.advance(60_000);
  expect(app.client.cookies.get('sid')).toBeUndefined();
  await app.client.post('/greetings/sign-in');
  await app.client.post('/greetings/sign-out');
  expect(app.client.cookies.get('sid')).toBeUndefined();
});

test('the fake clock is the one of the application [TS-01]', async () => {
  const clock = fakeClock('2030-05-01T12:00:00Z');
  await using app = await testApp(AppModule).clock(clock).start();
  await clock.advance(1500);
  expect((await app.client.get('/greetings/now')).text()).toBe('2030-05-01T12:00:01.500Z');
});

test('log lines are recorded, at all levels, with the id of their request', async () => {
  await using app = await testApp(AppModule).start();
  const response = await app.client.get('/greetings/ada');
  const [line] = app.logs.filter({ msg: 'greeted' });
  expect(line).toMatchObject({ level: 'info', name: 'ada' });
  expect(JSON.stringify(line)).toContain(String(response.headers['x-request-id']));
});

test('an error in the log that the test did not look at fails it at the end', async () => {
  const app = await testApp(AppModule).start();
  expect((await app.client.get('/greetings/fail')).status).toBe(500);
  await expect(app.stop()).rejects.toThrow(/unexpected error.*\n.*broken on purpose/);
});

test('an error in the log that the test has looked at does not fail it', async () => {
  await using app = await testApp(AppModule).start();
  expectProblem(await app.client.get('/greetings/fail'), { status: 500 });
  expect(app.logs.errors()[0]).toMatchObject({ code: 'INTERNAL', err: { message: 'broken on purpose' } });
});

test('failing on logged errors can be turned off', async () => {
  await using app = await testApp(AppModule, { failOnErrorLog: false }).start();
  expect((await app.client.get('/greetings/fail')).status).toBe(500);
});

test('an application without HTTP has no client, and says so', async () => {
  @Module({ providers: [provideValue(GREETER, { greet: () => '' })] })
  class Silent {}
  await using app = await testApp(Silent).start();
  expect(() => app.client).toThrow(expect.objectContaining({ code: 'TESTING_NO_HTTP' }));
  expect(app.get(GREETER).greet('')).toBe('');
});

test('expectProblem gives the problem, and shows the whole answer when it is another', async () => {
  await using app = await testApp(AppModule).start();
  const missing = await app.client.get('/nowhere');
  expect(expectProblem(missing, { status: 404, code: 'HTTP_NO_ROUTE', detail: /nothing/i }).title).toBe('Not found');
  expect(() => expectProblem(missing, { status: 401 })).toThrow(/status 401, got 404\.\n404 \{.*HTTP_NO_ROUTE/);
  expect(() => expectProblem(missing, { code: 'OTHER' })).toThrow(AssertionError);
  expect(() => expectProblem(missing, { detail: 'x' })).toThrow(AssertionError);
  const invalid = await app.client.post('/json', { json: { a: 'x', b: 1 } });
  expectProblem(invalid, { status: 422, code: 'HTTP_INVALID', issues: [{ in: 'body', pointer: '/a' }] });
  expect(() => expectProblem(invalid, { issues: [{ pointer: '/c' }] })).toThrow(/Expected the issue/);
  const fine = await app.client.get('/greetings/ada');
  expect(() => expectProblem(fine)).toThrow(/got the media type text\/plain/);
});
