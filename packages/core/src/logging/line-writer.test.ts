import { expect, test } from 'vitest';
import { createLogs, type LogSettings } from './create-logs.js';
import { lineWriterOf } from './line-writer.js';

function open(settings: Partial<LogSettings> = {}) {
  const lines: string[] = [];
  const logs = createLogs({ destination: { write: (line: string) => void lines.push(line) }, now: () => 1_767_225_600_007 });
  logs.open({ level: { root: 'info', modules: {} }, redact: [], production: true, ...settings });
  return { lines, logs, writer: lineWriterOf(logs.rootPino)! };
}

test('a line of text is byte for byte what pino writes of the same members', () => {
  const { lines, logs, writer } = open();
  for (const level of ['info', 'warn', 'error'] as const) {
    logs.rootPino[level]({ requestId: 'a-1', route: '/a/:b', status: 200, ms: 0.125 }, 'request');
    writer.write(level, `,"requestId":"a-1","route":${writer.textOf('/a/:b')},"status":200,"ms":0.125`, '"request"');
  }
  expect(lines).toHaveLength(6);
  for (let index = 0; index < 6; index += 2) expect(lines[index + 1]).toBe(lines[index]);
});

test('below the level of the moment nothing is written', () => {
  const { lines, logs, writer } = open({ level: { root: 'warn', modules: {} } });
  writer.write('info', '', '"a"');
  expect(lines).toEqual([]);
  logs.levels.set('info');
  writer.write('info', '', '"a"');
  logs.levels.set('error');
  writer.write('warn', '', '"a"');
  expect(lines).toHaveLength(1);
});

test('it tells which names are hidden, and which texts may hold a secret [LOG-04]', () => {
  const { writer } = open({ redact: ['route'] });
  expect(writer.shows('method')).toBe(true);
  expect(writer.shows('route')).toBe(false);
  expect(writer.shows('password')).toBe(false);
  expect(writer.textOf('/a"b')).toBe('"/a\\"b"');
  for (const text of ['/a?token=b', 'Bearer abc', 'http://a:b@c', 'eyJa']) expect(writer.textOf(text)).toBeUndefined();
});

test('a logger that somebody else has made has none', () => {
  const { logs } = open();
  expect(lineWriterOf(logs.rootPino.child({ a: 1 }))).toBeUndefined();
  expect(lineWriterOf({})).toBeUndefined();
});
