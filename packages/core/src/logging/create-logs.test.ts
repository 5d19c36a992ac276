import { expect, test } from 'vitest';
import { createContext, runInContext } from '../context/request-context.js';
import { createLogs, type LogSettings, type LogsOptions } from './create-logs.js';
import { parseLevels } from './log-levels.js';
import type { Logger } from './logger.js';

type Line = Record<string, unknown>;

function start(options: LogsOptions = {}, settings: Partial<LogSettings> = {}) {
  const lines: string[] = [];
  const logs = createLogs({ destination: { write: (line: string) => void lines.push(line) }, ...options });
  const open = (): void => logs.open({ level: { root: 'info', modules: {} }, redact: [], production: true, ...settings });
  return { logs, lines, open, parsed: () => lines.map((line) => JSON.parse(line) as Line) };
}

test('in production a line is JSON with level, UTC time and text [LOG-01]', () => {
  const { logs, open, lines, parsed } = start({ now: () => Date.UTC(2026, 10, 21, 9, 8, 7, 6) });
  open();
  logs.logger.info({ a: 1 }, 'Started.');
  expect(parsed()).toEqual([{ level: 'info', time: '2026-11-21T09:08:07.006Z', pid: process.pid, a: 1, msg: 'Started.' }]);
  expect(lines[0]).toMatch(/\}\n$/);
});

test('in development a line is readable, and an error has its stack below [LOG-01]', () => {
  const { logs, open, lines } = start({ now: () => Date.UTC(2026, 10, 21, 9, 8, 7, 6) }, { format: 'pretty', production: false });
  open();
  logs.logger.child({ module: 'orders' }).warn({ id: '7', err: new Error('outer', { cause: new Error('inner') }) }, 'Refused.');
  expect(lines[0]).toMatch(
    /^09:08:07\.006 WARN  orders: Refused\. id="?7"?\n {4}Error: outer\n {4} +at .*\n[^]* {4}caused by\n {6}Error: inner\n/,
  );
});

test('logged input cannot move the cursor or fake a line', () => {
  const { logs, open, lines } = start({}, { format: 'pretty' });
  open();
  logs.logger.info({ name: 'a\u001b[2Jb\u202e' }, 'x\n12:00:00.000 INFO  faked');
  expect(lines[0]!.trimEnd()).not.toMatch(/[\n\u001b\u202e]/);
});

test('early lines are held back until the log is open, and then judged by the configured level [LOG-06]', () => {
  const { logs, open, lines, parsed } = start({}, { level: { root: 'warn', modules: { boot: 'info' } } });
  logs.logger.info('dropped');
  logs.logger.child({ module: 'boot' }).info('kept');
  logs.logger.warn('kept too');
  expect(lines).toEqual([]);
  open();
  logs.logger.error('later');
  expect(parsed().map(({ msg }) => msg)).toEqual(['kept', 'kept too', 'later']);
});

test('early lines are written when the start fails before anything is configured [LOG-06]', async () => {
  const { logs, parsed } = start();
  logs.logger.error('why it failed');
  logs.openAnyway(true);
  await logs.flush();
  expect(parsed()).toMatchObject([{ level: 'error', msg: 'why it failed' }]);
});

test('of too many early lines the first are kept, and the loss is said', () => {
  const { logs, open, parsed } = start();
  for (let i = 0; i < 10_005; i++) logs.logger.info(`line ${i}`);
  open();
  const lines = parsed();
  expect(lines).toHaveLength(10_001);
  expect(lines[0]).toMatchObject({ msg: 'line 0' });
  expect(lines.at(-1)?.['msg']).toBe('5 early log lines were dropped: more than 10000 were held back.');
});

test('each line of a request carries its id and trace, also after await, in timers and in children [LOG-02]', async () => {
  const { logs, open, parsed } = start();
  open();
  const work = async (): Promise<void> => {
    logs.logger.info('now');
    await Promise.resolve();
    logs.logger.child({ module: 'orders' }).info('after await');
    await new Promise<void>((resolve) => setTimeout(() => resolve(logs.logger.info('in a timer')), 1));
  };
  await Promise.all([runInContext(createContext({ id: 'r1', traceId: 't1' }), work), runInContext(createContext({ id: 'r2' }), work)]);
  logs.logger.info('outside');
  const ids = (id: string) =>
    parsed()
      .filter((line) => line['requestId'] === id)
      .map(({ msg, traceId }) => [msg, traceId]);
  expect(ids('r1')).toEqual([
    ['now', 't1'],
    ['after await', 't1'],
    ['in a timer', 't1'],
  ]);
  expect(ids('r2')).toEqual([
    ['now', undefined],
    ['after await', undefined],
    ['in a timer', undefined],
  ]);
  expect(parsed().at(-1)).not.toHaveProperty('requestId');
});

test('levels apply by module, inherit along dots, and change at run time [LOG-03]', () => {
  const { logs, open, parsed } = start({}, { level: { root: 'warn', modules: { orders: 'debug' } } });
  open();
  const orders = logs.logger.child({ module: 'orders' });
  const mail = orders.child({ module: 'orders.mail' });
  const http = logs.pino('http');
  orders.debug('1');
  mail.debug('2');
  logs.logger.info('hidden');
  http.info('hidden');
  logs.levels.set('info', 'http');
  logs.levels.set('error', 'orders');
  http.info('3');
  orders.warn('hidden');
  mail.error('4');
  mail.level = 'trace';
  mail.trace('5');
  logs.logger.level = 'info';
  logs.logger.info('6');
  logs.levels.unset('http');
  logs.levels.set('silent');
  logs.logger.fatal('hidden');
  logs.rootPino.fatal('hidden');
  http.fatal('hidden');
  expect(parsed().map(({ msg }) => msg)).toEqual(['1', '2', '3', '4', '5', '6']);
  expect(logs.levels.toString()).toBe('silent,orders=error,orders.mail=trace');
  expect(() => logs.levels.set('loud' as never)).toThrow(expect.objectContaining({ code: 'CORE_LOG_LEVEL' }));
});

test('levels are written as info,http=debug', () => {
  expect(parseLevels('WARN, http=debug , orders.mail=trace')).toEqual({ root: 'warn', modules: { http: 'debug', 'orders.mail': 'trace' } });
  expect(parseLevels('http=debug')).toEqual({ root: 'info', modules: { http: 'debug' } });
  expect(parseLevels('info,http=loud')).toBe('http=loud');
});

test('a text is never a format, however it looks', () => {
  const { logs, open, parsed } = start();
  open();
  logs.logger.info('100% %s %d %j %%');
  logs.logger.info({ a: 1 }, '%o %s');
  expect(parsed().map(({ msg }) => msg)).toEqual(['100% %s %d %j %%', '%o %s']);
});

test('secrets are hidden in fields, children, texts and lines of pino [LOG-04]', () => {
  const { logs, open, lines } = start({}, { redact: ['iban'] });
  open();
  logs.logger.info({ headers: { cookie: 'hunter2' }, iban: 'hunter2' }, 'GET /?token=hunter2');
  logs.logger.child({ password: 'hunter2' }).info('x');
  logs.pino('http').info({ url: '/reset?token=hunter2', cookie: 'hunter2', iban: 'hunter2', body: { password: 'hunter2' } }, 'request');
  logs.logger.error(new Error('postgres://me:hunter2@db'));
  expect(lines).toHaveLength(4);
  expect(lines.join('')).not.toContain('hunter2');
});

test('an error is logged with its message as text, its cause and its members [LOG-05]', () => {
  const { logs, open, parsed } = start();
  open();
  logs.logger.error(new Error('outer', { cause: new AggregateError([new Error('a'), new Error('b')], 'both') }));
  logs.pino('http').error({ err: new Error('raw', { cause: new Error('below') }) }, 'request failed');
  expect(parsed()).toMatchObject([
    {
      msg: 'outer',
      err: { type: 'Error', message: 'outer', cause: { type: 'AggregateError', errors: [{ message: 'a' }, { message: 'b' }] } },
    },
    { msg: 'request failed', err: { message: 'raw', cause: { message: 'below' } } },
  ]);
});

test('input that is logged cannot forge level, time or text of a line', () => {
  const { logs, open, parsed } = start();
  open();
  logs.logger.info({ level: 'fatal', time: 'never', msg: 'forged', pid: 1 }, 'real');
  expect(parsed()).toMatchObject([{ level: 'info', msg: 'real', pid: process.pid, field_level: 'fatal', field_msg: 'forged' }]);
});

test('logging never throws', () => {
  const { logs, open, parsed } = start();
  open();
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  logs.logger.info({ proxy: revoked.proxy } as object, 'odd');
  logs.logger.info(null as never, 'null');
  logs.logger.info(5 as never);
  logs.logger.info(['a'] as never, 'list');
  expect(parsed()).toHaveLength(4);
  expect(parsed().slice(1)).toMatchObject([{ msg: 'null' }, { msg: '5' }, { items: ['a'] }]);
});

test("a logger of the author's own gets fields and text at the right level", () => {
  const calls: unknown[] = [];
  const own: Logger = {
    trace: f('trace'),
    debug: f('debug'),
    info: f('info'),
    warn: f('warn'),
    error: f('error'),
    fatal: f('fatal'),
    child: () => own,
    level: 'info',
  };
  function f(level: string) {
    return (fields: unknown, message?: string) => void calls.push([level, fields, message]);
  }
  const { logs, open } = start({ destination: own });
  open();
  logs.logger.child({ module: 'm' }).warn({ a: 1 }, 'text');
  expect(calls).toEqual([['warn', { module: 'm', a: 1 }, 'text']]);
});

test('the time of a line is right across seconds', () => {
  let now = Date.UTC(2026, 0, 1, 0, 0, 0, 999);
  const { logs, open, parsed } = start({ now: () => now });
  open();
  for (const step of [1, 9, 90, 899, 1]) {
    logs.logger.info('x');
    now += step;
  }
  expect(parsed().map(({ time }) => time)).toEqual([
    '2026-01-01T00:00:00.999Z',
    '2026-01-01T00:00:01.000Z',
    '2026-01-01T00:00:01.009Z',
    '2026-01-01T00:00:01.099Z',
    '2026-01-01T00:00:01.998Z',
  ]);
});

test('a destination that throws fails nobody, and is reported once', () => {
  const written: string[] = [];
  const original = process.stderr.write;
  process.stderr.write = ((text: string) => written.push(text) > 0) as typeof process.stderr.write;
  try {
    const { logs, open } = start({
      destination: {
        write: () => {
          throw new Error('ENOSPC');
        },
      },
    });
    open();
    logs.logger.info('a');
    logs.pino('http').info('b');
  } finally {
    process.stderr.write = original;
  }
  expect(written).toEqual(['Log lines are lost: the destination of the log failed (Error: ENOSPC).\n']);
});
