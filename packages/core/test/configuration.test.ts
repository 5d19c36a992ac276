import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig, env, Injectable, Module, type Secret, type ValueOfConfig } from '@plinth/core';
import { afterAll, expect, expectTypeOf, test } from 'vitest';
import { bootApp, bootError, bootProblems, recordLines } from './_boot.js';

const folder = mkdtempSync(join(tmpdir(), 'plinth-core-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

const MAIL = defineConfig('mail', {
  host: env.string('SMTP_HOST', { default: 'localhost' }),
  port: env.port('SMTP_PORT', { default: 25 }),
  verify: env.boolean('SMTP_VERIFY', { default: true }),
  timeout: env.duration('SMTP_TIMEOUT', { default: '10s' }),
  largest: env.bytes('SMTP_LARGEST', { default: '10MiB' }),
  copies: env.list('SMTP_COPIES', { default: [] }),
  password: env.secret('SMTP_PASSWORD', { optional: true }),
});
const BILLING = defineConfig('billing', { currency: env.oneOf('CURRENCY', ['EUR', 'CHF']) });

@Injectable({ deps: [MAIL] })
class Mailer {
  constructor(readonly config: ValueOfConfig<typeof MAIL>) {}
}

@Injectable({ deps: [BILLING] })
class Billing {
  constructor(readonly config: ValueOfConfig<typeof BILLING>) {}
}

@Module({ providers: [MAIL, Mailer] })
class MailModule {}

@Module({ providers: [BILLING, Billing] })
class BillingModule {}

@Module({ imports: [MailModule, BillingModule] })
class Shop {}

test('each module has its own configuration, injected by itself, typed and coerced [CFG-03] [CFG-04] [CFG-05]', async () => {
  const app = await bootApp(Shop, {
    env: { SMTP_PORT: '2525', SMTP_VERIFY: 'false', SMTP_TIMEOUT: '1m', SMTP_LARGEST: '64KiB', SMTP_COPIES: 'a, b', CURRENCY: 'EUR' },
  });
  const { config } = app.get(Mailer);
  expect(config).toEqual({
    host: 'localhost',
    port: 2525,
    verify: false,
    timeout: 60_000,
    largest: 65_536,
    copies: ['a', 'b'],
    password: undefined,
  });
  expect(app.get(Billing).config).toEqual({ currency: 'EUR' });
  expectTypeOf(config.password).toEqualTypeOf<Secret | undefined>();
  expectTypeOf(app.get(BILLING).currency).toEqualTypeOf<'EUR' | 'CHF'>();
  // @ts-expect-error there is no such value
  void config.user;
});

test('the sources go before each other: defaults, file, .env, environment, overrides [CFG-01]', async () => {
  const envFile = join(folder, '.env');
  const configFile = join(folder, 'config.json');
  writeFileSync(envFile, 'SMTP_COPIES=dotenv\nSMTP_HOST=dotenv\nSMTP_TIMEOUT=2s\nCURRENCY=CHF\n');
  writeFileSync(configFile, JSON.stringify({ mail: { port: 1, host: 'file', copies: ['file'], timeout: '1s' } }));
  const app = await bootApp(Shop, {
    envFile,
    configFile,
    env: { SMTP_HOST: 'environment', SMTP_TIMEOUT: '3s' },
    config: [MAIL.override({ timeout: 4_000 })],
  });
  expect(app.get(MAIL)).toMatchObject({ verify: true, port: 1, copies: ['dotenv'], host: 'environment', timeout: 4_000 });
});

test('a refused boot lists every mistake of every module, with variables and without secrets [CFG-02]', async () => {
  const error = await bootError(Shop, { env: { SMTP_PORT: 'x', SMTP_TIMEOUT: 'soon', SMTP_PASSWORD_FILE: '/none', CURRENCY: 'USD' } });
  expect(error.problems.map(({ code, where }) => [code, where])).toEqual([
    ['CORE_CONFIG_INVALID', 'configuration mail.port'],
    ['CORE_CONFIG_INVALID', 'configuration mail.timeout'],
    ['CORE_CONFIG_FILE', 'configuration mail.password (SMTP_PASSWORD_FILE)'],
    ['CORE_CONFIG_INVALID', 'configuration billing.currency'],
  ]);
  expect(error.message).toContain('CURRENCY is "USD", which is not EUR or CHF.');
  expect(error.message).toContain('Cure: Set CURRENCY to EUR or CHF.');
});

test('wrong wiring and wrong configuration are reported together', async () => {
  @Injectable({ deps: [Billing] })
  class Lost {
    constructor(readonly billing: Billing) {}
  }
  @Module({ imports: [MailModule], providers: [Lost] })
  class Root {}
  const problems = await bootProblems(Root, { env: { SMTP_PORT: 'x' } });
  expect(problems.map(({ code }) => code)).toEqual(['CORE_DI_MISSING', 'CORE_CONFIG_INVALID']);
});

test('a secret read from a file reaches its consumer, and no description of the application shows it [CFG-06] [CFG-02]', async () => {
  const file = join(folder, 'smtp-password');
  writeFileSync(file, 'hunter2\n');
  const lines = recordLines();
  const app = await bootApp(Shop, { env: { SMTP_PASSWORD_FILE: file, CURRENCY: 'EUR' }, logger: lines });
  expect(app.get(MAIL).password?.reveal()).toBe('hunter2');
  expect(JSON.stringify([app.get(MAIL), app.describe(), lines.all])).not.toContain('hunter2');
});

test('a misspelt variable is warned of in the log', async () => {
  const lines = recordLines();
  await bootApp(Shop, { env: { CURRENCY: 'EUR', SMTP_HSOT: 'mail.example' }, logger: lines });
  expect(lines.all).toMatchObject([{ level: 'warn', msg: 'SMTP_HSOT is set, but nothing reads it. Did you mean SMTP_HOST?' }]);
});

test('NODE_ENV=prod is warned of, since only "production" is production', async () => {
  const lines = recordLines();
  await bootApp(Shop, { env: { CURRENCY: 'EUR', NODE_ENV: 'prod' }, logger: lines });
  expect(lines.all).toMatchObject([
    { level: 'warn', msg: 'NODE_ENV is "prod", which counts as development: only "production" is production.' },
  ]);
});
