import { spawnSync } from 'node:child_process';
import {
  APP_INFO,
  createContext,
  Injectable,
  LOGGER,
  LOGGING,
  Module,
  PINO,
  provideFactory,
  runInContext,
  token,
  type Logger,
} from '@plinth/core';
import { expect, test } from 'vitest';
import { bootApp, bootError, recordLines } from './_boot.js';

@Injectable({ deps: [LOGGER] })
class Orders {
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger.child({ module: 'orders' });
    this.#logger.debug('being built');
  }

  async place(): Promise<void> {
    this.#logger.info({ card: { cvc: '123' }, headers: { authorization: 'Bearer hunter2hunter2' } }, 'placing');
    await new Promise((resolve) => setTimeout(resolve, 1));
    this.#logger.debug('placed');
  }
}

@Module({ providers: [Orders] })
class Shop {}

const lineOf = (msg: string, lines: ReturnType<typeof recordLines>) =>
  lines.all.find((line) => line.msg === msg) as Record<string, unknown> | undefined;

test('injected loggers write the request id in each line of a request, also after await [LOG-02]', async () => {
  const lines = recordLines();
  const app = await bootApp(Shop, { logger: lines, env: { LOG_LEVEL: 'info,orders=debug' } });
  await runInContext(createContext({ id: 'r1', traceId: 'abc' }), () => app.get(Orders).place());
  expect(lineOf('placing', lines)).toMatchObject({
    requestId: 'r1',
    traceId: 'abc',
    module: 'orders',
    card: { cvc: '[redacted]' },
    headers: { authorization: '[redacted]' },
  });
  expect(lineOf('placed', lines)).toMatchObject({ requestId: 'r1', traceId: 'abc' });
  expect(lineOf('being built', lines)).not.toHaveProperty('requestId');
});

test('LOG_LEVEL sets levels by module, and they change while the application runs [LOG-03]', async () => {
  const lines = recordLines();
  const app = await bootApp(Shop, { logger: lines, env: { LOG_LEVEL: 'warn' } });
  await app.get(Orders).place();
  expect(lines.all).toEqual([]);
  app.get(LOGGING).levels.set('debug', 'orders');
  await app.get(Orders).place();
  expect(lines.all.map(({ msg }) => msg)).toEqual(['placing', 'placed']);
  app.get(PINO).info('not at warn');
  expect(lines.all).toHaveLength(2);
});

test('a level that does not exist is a problem of the boot', async () => {
  const error = await bootError(Shop, { env: { LOG_LEVEL: 'info,http=loud' } });
  expect(error.problems).toMatchObject([
    { code: 'CORE_CONFIG_INVALID', message: 'LOG_LEVEL holds "http=loud", which names no log level.' },
  ]);
});

test('keys named in LOG_REDACT are hidden too [LOG-04]', async () => {
  const lines = recordLines();
  const app = await bootApp(Shop, { logger: lines, env: { LOG_REDACT: 'iban' } });
  app.get(LOGGER).info({ customer: { iban: 'CH93' } }, 'x');
  expect(lineOf('x', lines)).toMatchObject({ customer: { iban: '[redacted]' } });
});

test('a failed boot writes the lines that came before its failure [LOG-06]', async () => {
  const BROKEN = token<string>('BROKEN');
  @Module({
    providers: [
      provideFactory(BROKEN, {
        deps: [LOGGER],
        create: (logger) => {
          logger.info('about to fail');
          throw new Error('no');
        },
      }),
    ],
  })
  class Root {}
  const lines = recordLines();
  await bootError(Root, { logger: lines, env: {} });
  expect(lines.all).toMatchObject([{ level: 'info', msg: 'about to fail' }]);

  const before = recordLines();
  await bootError(Shop, { logger: before, env: { LOG_LEVEL: 'loud', NODE_ENV: 'prod' } });
  expect(before.all).toMatchObject([{ level: 'warn', msg: expect.stringContaining('NODE_ENV') as string }]);
});

test.each([
  ['production', /^\{"level":"info","time":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z","pid":\d+,"id":7,"msg":"Ready\."\}\n$/],
  ['development', /^\d\d:\d\d:\d\d\.\d{3} INFO {2}Ready\. id=7\n$/],
])('in %s standard output gets lines fit for it, and none is lost at the exit [LOG-01]', (NODE_ENV, expected) => {
  const script = `
    import { createApp, LOGGER, Module } from '@plinth/core';
    class Root {}
    Module({})(Root);
    const app = await createApp(Root, { env: { NODE_ENV: ${JSON.stringify(NODE_ENV)} } });
    app.get(LOGGER).info({ id: 7 }, 'Ready.');
    process.exit(0);`;
  const run = spawnSync(
    process.execPath,
    ['--import', '@oxc-node/core/register', '-C', '@plinth/source', '--input-type=module', '-e', script],
    { cwd: new URL('..', import.meta.url), encoding: 'utf8' },
  );
  expect(run.stderr).toBe('');
  expect(run.stdout).toMatch(expected);
});

test('APP_INFO tells production and the name', async () => {
  expect((await bootApp(Shop, { env: { NODE_ENV: 'production', APP_NAME: 'shop' } })).get(APP_INFO)).toEqual({
    production: true,
    name: 'shop',
  });
  expect((await bootApp(Shop, { env: { NODE_ENV: 'test' } })).get(APP_INFO)).toEqual({ production: false });
});
