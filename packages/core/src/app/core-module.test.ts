import { expect, test } from 'vitest';
import { defineConfig } from '../config/define-config.js';
import { env } from '../config/env.js';
import { defineEvent } from '../events/define-event.js';
import { LocalEventBus } from '../events/local-event-bus.js';
import { createCoreServices } from './core-module.js';

const MAIL = defineConfig('mail', { port: env.port('SMTP_PORT', { default: 25 }) });
const quiet = { write: () => undefined };

test('a configuration has no value before boot has read the configurations', () => {
  const services = createCoreServices({ env: {}, logger: quiet });
  expect(() => services.configValue(MAIL)).toThrow(expect.objectContaining({ code: 'CORE_CONFIG_NOT_READ' }));
  expect(services.readConfigs([MAIL])).toEqual([]);
  expect(services.configValue(MAIL)).toEqual({ port: 25 });
});

test('a configuration that is asked for later is read then, and refused with all its problems', () => {
  const services = createCoreServices({ env: { SMTP_PORT: 'x' }, logger: quiet });
  expect(services.readConfigs([])).toEqual([]);
  expect(() => services.configValue(MAIL)).toThrow(
    expect.objectContaining({ code: 'CORE_BOOT', problems: [expect.objectContaining({ code: 'CORE_CONFIG_INVALID' })] }),
  );
});

test('waiting for background listeners ends after its time, with a warning', async () => {
  const lines: string[] = [];
  const services = createCoreServices({ env: {}, logger: { write: (line: string) => void lines.push(line) } });
  services.readConfigs([]);
  const bus = services.providers
    .map((provider) => (provider as { value?: unknown }).value)
    .find((value) => value instanceof LocalEventBus)!;
  bus.on(defineEvent('job.begun'), () => new Promise(() => undefined));
  await services.drained(10);
  expect(lines).toEqual([]);
  bus.publish(defineEvent('job.begun'));
  await services.drained(10);
  expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([{ level: 'warn', timeout: 10 }]);
});

test('the report of the configuration says which source each value came from', () => {
  const services = createCoreServices({ env: { SMTP_PORT: '26', LOG_LEVEL: 'info,http=debug' }, logger: quiet });
  services.readConfigs([MAIL]);
  expect(services.configReport().map(({ variable, value, source }) => [variable, value, source])).toEqual([
    ['LOG_LEVEL', 'info,http=debug', 'environment'],
    ['LOG_FORMAT', '(not set)', 'default'],
    ['LOG_REDACT', '""', 'default'],
    ['APP_NAME', '(not set)', 'default'],
    ['SMTP_PORT', '26', 'environment'],
  ]);
});
