import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, expectTypeOf, test } from 'vitest';
import { formatConfigReport } from './config-report.js';
import { readSources, type SourceOptions } from './config-sources.js';
import { defineConfig, type Config, type ValueOfConfig } from './define-config.js';
import { env } from './env.js';
import { readConfigs, type Override } from './read-configs.js';
import type { Secret } from './secret.js';

const folder = mkdtempSync(join(tmpdir(), 'plinth-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function readAll(configs: readonly Config<never>[] | readonly unknown[], sources: SourceOptions, overrides: readonly Override[] = []) {
  return readConfigs(configs as readonly Config<unknown>[], readSources({ env: {}, ...sources }), overrides);
}

function valueOf<T>(config: Config<T>, sources: SourceOptions, overrides: readonly Override[] = []): T {
  const readings = readAll([config], sources, overrides);
  expect(readings.problems).toEqual([]);
  return readings.values.get(config as Config<unknown>) as T;
}

const SHOP = defineConfig('shop', { name: env.string('SHOP_NAME', { default: 'default' }) });

test('each source wins over the one before: default, file, .env, environment, override [CFG-01]', () => {
  const configFile = { shop: { name: 'file' } };
  const envFile = file('order.env', 'SHOP_NAME=dotenv');
  const environment = { SHOP_NAME: 'environment' };
  expect(valueOf(SHOP, {})).toEqual({ name: 'default' });
  expect(valueOf(SHOP, { configFile })).toEqual({ name: 'file' });
  expect(valueOf(SHOP, { configFile, envFile })).toEqual({ name: 'dotenv' });
  expect(valueOf(SHOP, { configFile, envFile, env: environment })).toEqual({ name: 'environment' });
  expect(valueOf(SHOP, { configFile, envFile, env: environment }, [SHOP.override({ name: 'override' })])).toEqual({ name: 'override' });
});

test('the report says where each value came from, and masks secrets [CFG-02]', () => {
  const config = defineConfig('db', {
    url: env.url('DB_URL'),
    password: env.secret('DB_PASSWORD'),
    retries: env.integer('DB_RETRIES', { default: 3 }),
    tag: env.string('DB_TAG', { optional: true }),
  });
  const { report } = readAll([config], { env: { DB_URL: 'postgres://me:hunter2@db/shop', DB_PASSWORD: 'hunter2' } });
  expect(report).toMatchObject([
    { variable: 'DB_URL', source: 'environment', value: '"postgres://me:[redacted]@db/shop"' },
    { variable: 'DB_PASSWORD', source: 'environment', value: '[secret]' },
    { variable: 'DB_RETRIES', source: 'default', value: '3' },
    { variable: 'DB_TAG', source: 'default', value: '(not set)' },
  ]);
  expect(formatConfigReport(report)).not.toContain('hunter2');
});

test('every mistake is reported at once, with the names of the variables and no secret [CFG-02]', () => {
  const mail = defineConfig('mail', {
    host: env.string('SMTP_HOST'),
    port: env.port('SMTP_PORT'),
    password: env.secret('SMTP_PASSWORD', { minLength: 20 }),
  });
  const cache = defineConfig('cache', { ttl: env.duration('CACHE_TTL') });
  const { problems, values } = readAll([mail, cache], { env: { SMTP_PORT: 'smtp', SMTP_PASSWORD: 'hunter2', CACHE_TTL: 'forever' } });
  expect(problems.map(({ code, message, where }) => [code, message, where])).toEqual([
    ['CORE_CONFIG_MISSING', 'SMTP_HOST is not set.', 'configuration mail.host'],
    ['CORE_CONFIG_INVALID', 'SMTP_PORT is "smtp", which is not a port number.', 'configuration mail.port'],
    ['CORE_CONFIG_INVALID', 'SMTP_PASSWORD has 7 characters; at least 20 are needed.', 'configuration mail.password'],
    ['CORE_CONFIG_INVALID', 'CACHE_TTL is "forever", which is not a duration such as 500ms, 10s, 5m or 1h30m.', 'configuration cache.ttl'],
  ]);
  expect(JSON.stringify(problems)).not.toContain('hunter2');
  expect(values.size).toBe(0);
});

test('an unknown key is a compile-time error [CFG-03]', () => {
  const value = valueOf(SHOP, {});
  expectTypeOf<ValueOfConfig<typeof SHOP>>().toEqualTypeOf<{ readonly name: string }>();
  // @ts-expect-error there is no such key
  expect(value.title).toBeUndefined();
  expect(() => ((value as { name: string }).name = 'x')).toThrow(TypeError);
});

test('a variable can be read from a file that VAR_FILE names, without its closing line break [CFG-06]', () => {
  const config = defineConfig('key', { key: env.secret('API_KEY') });
  const value = valueOf(config, { env: { API_KEY_FILE: file('api-key', 'from file\n') } });
  expectTypeOf(value.key).toEqualTypeOf<Secret>();
  expect(value.key.reveal()).toBe('from file');
});

test('a file that is missing is named, as are both ways at once [CFG-06]', () => {
  const config = defineConfig('key', { key: env.secret('API_KEY'), other: env.secret('OTHER') });
  const { problems } = readAll([config], { env: { API_KEY_FILE: join(folder, 'none'), OTHER: 'a', OTHER_FILE: 'b' } });
  expect(problems.map(({ code, message }) => [code, message])).toEqual([
    ['CORE_CONFIG_FILE', `The file "${join(folder, 'none')}" does not exist.`],
    ['CORE_CONFIG_AMBIGUOUS', 'OTHER and OTHER_FILE are both set in the environment.'],
  ]);
});

test('a declared variable that ends in _FILE is a variable of its own', () => {
  const config = defineConfig('log', { log: env.string('LOG', { default: 'x' }), file: env.string('LOG_FILE', { default: 'y' }) });
  expect(valueOf(config, { env: { LOG_FILE: '/var/log/app' } })).toEqual({ log: 'x', file: '/var/log/app' });
});

test('an empty variable counts as not set', () => {
  expect(valueOf(SHOP, { env: { SHOP_NAME: '' } })).toEqual({ name: 'default' });
});

test('defaults may differ between production and development; alone, a default of development makes the variable required in production', () => {
  const config = defineConfig('host', {
    host: env.string('HOST', { development: '127.0.0.1', production: '0.0.0.0' }),
    url: env.url('APP_URL', { development: 'http://localhost' }),
  });
  expect(valueOf(config, {})).toEqual({ host: '127.0.0.1', url: new URL('http://localhost') });
  const { problems } = readAll([config], { env: { NODE_ENV: 'production' } });
  expect(problems).toMatchObject([{ code: 'CORE_CONFIG_MISSING', message: 'APP_URL is not set. It has a default in development only.' }]);
  expect(valueOf(config, { env: { NODE_ENV: 'production', APP_URL: 'https://a.example' } })).toMatchObject({ host: '0.0.0.0' });
});

test('unknown keys and sections of the file are refused, with what was probably meant', () => {
  const { problems } = readAll([SHOP], { configFile: { shop: { nmae: 'x' }, shpo: {} } });
  expect(problems.map(({ code, message, help }) => [code, message, help])).toEqual([
    ['CORE_CONFIG_UNKNOWN_KEY', 'configFile sets "shpo", which no configuration declares.', 'Did you mean "shop"?'],
    ['CORE_CONFIG_UNKNOWN_KEY', 'configFile sets "shop.nmae", which no configuration declares.', 'Did you mean "name"?'],
  ]);
});

test('typed values of the file are read as they are', () => {
  const config = defineConfig('all', {
    port: env.port('P'),
    on: env.boolean('B'),
    list: env.list('L'),
    wait: env.duration('D'),
    text: env.string('S'),
  });
  expect(valueOf(config, { configFile: { all: { port: 80, on: false, list: ['a', 'b'], wait: '2s', text: 'x' } } })).toEqual({
    port: 80,
    on: false,
    list: ['a', 'b'],
    wait: 2000,
    text: 'x',
  });
  expect(
    readAll([config], { configFile: { all: { port: 80.5, on: 'so', list: [1], wait: {}, text: null } } }).problems.map(
      ({ message }) => message,
    ),
  ).toEqual([
    'P is 80.5, which is not a port number.',
    'B is "so", which is neither true nor false.',
    'L is a list, not a list of texts.',
    'D is {}, which is not a duration such as 500ms, 10s, 5m or 1h30m.',
    'S is not set.',
  ]);
});

test('a broken file is named without its content', () => {
  const path = file('broken.json', '{"shop": {"name": hunter2}}');
  const { problems } = readAll([SHOP], { configFile: path, envFile: join(folder, 'none.env') });
  expect(problems.map(({ code }) => code)).toEqual(['CORE_CONFIG_FILE', 'CORE_CONFIG_FILE']);
  expect(problems[0]?.message).toContain('none.env" does not exist.');
  expect(problems[1]?.message).toMatch(/is not JSON/);
  expect(JSON.stringify(problems)).not.toContain('hunter2');
  expect(readAll([SHOP], { configFile: [] as never }).problems).toMatchObject([
    { message: 'The file "configFile" does not hold an object.' },
  ]);
});

test('a required variable that is misspelt in the environment is pointed out', () => {
  const config = defineConfig('db', { url: env.url('DATABASE_URL') });
  const { problems } = readAll([config], { env: { DATABSE_URL: 'x' } });
  expect(problems[0]?.help).toContain('DATABSE_URL is set: is it misspelt?');
});

test('a variable with a default that is misspelt is warned of, without its value', () => {
  const { warnings, problems } = readAll([SHOP], { env: { SHOP_NMAE: 'hunter2', PATH: '/bin' } });
  expect(problems).toEqual([]);
  expect(warnings).toEqual(['SHOP_NMAE is set, but nothing reads it. Did you mean SHOP_NAME?']);
});

test('within a declared prefix an unknown variable is refused', () => {
  const config = defineConfig('shop', { name: env.string('SHOP_NAME', { default: '' }) }, { prefix: 'SHOP_' });
  const { problems } = readAll([config], { env: { SHOP_NAEM: 'x', SHOP_COLOUR: 'y', SHOP_NAME_FILE: file('name', 'n') } });
  expect(problems.map(({ code, help }) => [code, help])).toEqual([
    ['CORE_CONFIG_UNKNOWN_VARIABLE', 'Did you mean "SHOP_NAME"?'],
    ['CORE_CONFIG_UNKNOWN_VARIABLE', 'Remove it, or use one of: SHOP_NAME.'],
  ]);
});

test('a check of all values has its say although a field that it does not read is bad', () => {
  const config = defineConfig(
    'pool',
    { name: env.string('POOL_NAME'), min: env.integer('POOL_MIN', { default: 0 }), max: env.integer('POOL_MAX', { default: 10 }) },
    {
      check: ({ min, max }) => (min > max ? `POOL_MIN (${min}) is more than POOL_MAX (${max}).` : undefined),
    },
  );
  expect(readAll([config], { env: { POOL_MIN: '20' } }).problems.map(({ code }) => code)).toEqual([
    'CORE_CONFIG_MISSING',
    'CORE_CONFIG_CHECK',
  ]);
  expect(readAll([config], { env: { POOL_MIN: '20', POOL_MAX: 'x' } }).problems.map(({ code }) => code)).toEqual([
    'CORE_CONFIG_MISSING',
    'CORE_CONFIG_INVALID',
  ]);
});

test('what a check throws itself is not taken for a bad field', () => {
  const config = defineConfig(
    'pool',
    { name: env.string('POOL_NAME') },
    {
      check: () => {
        throw new TypeError('a mistake in the check');
      },
    },
  );
  expect(() => readAll([config], { env: {} })).toThrow('a mistake in the check');
});

test('values are checked together once each is good', () => {
  const config = defineConfig(
    'pool',
    { min: env.integer('POOL_MIN', { default: 0 }), max: env.integer('POOL_MAX', { default: 10 }) },
    {
      check: ({ min, max }) => (min > max ? `POOL_MIN (${min}) is more than POOL_MAX (${max}).` : undefined),
    },
  );
  expect(readAll([config], { env: { POOL_MIN: '20' } }).problems).toMatchObject([
    { code: 'CORE_CONFIG_CHECK', message: 'POOL_MIN (20) is more than POOL_MAX (10).' },
  ]);
  expect(readAll([config], { env: { POOL_MIN: 'x' } }).problems).toHaveLength(1);
});

test('two configurations cannot share a name, and an override must hit a key that exists', () => {
  const twin = defineConfig('shop', { other: env.string('OTHER', { default: '' }) });
  expect(readAll([SHOP, twin], {}).problems).toMatchObject([{ code: 'CORE_CONFIG_NAME' }]);
  expect(
    readAll([SHOP], {}, [
      [SHOP, { nmae: 1 }],
      [twin, { other: 1 }],
    ]).problems,
  ).toMatchObject([
    { code: 'CORE_CONFIG_UNKNOWN_KEY', message: 'An override sets "shop.nmae", which no configuration declares.' },
    { code: 'CORE_CONFIG_UNKNOWN_KEY', help: 'The configuration "shop" is used nowhere in the application: remove the override.' },
  ]);
});

test('reading a .env file leaves the environment of the process alone', () => {
  const envFile = file('alone.env', 'SHOP_NAME=dotenv\nPATH=/evil\n');
  const path = process.env['PATH'];
  expect(valueOf(SHOP, { env: undefined, envFile })).toEqual({ name: 'dotenv' });
  expect(process.env['SHOP_NAME']).toBeUndefined();
  expect(process.env['PATH']).toBe(path);
});
