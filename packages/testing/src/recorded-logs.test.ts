import { expect, test } from 'vitest';
import { RecordedLogs } from './recorded-logs.js';

test('lines are kept with the names of their levels; what is no JSON is a message', () => {
  const logs = new RecordedLogs();
  logs.write('{"level":50,"msg":"a"}\n{"level":"info","msg":"b","n":1}\n');
  logs.write('plain');
  expect(logs.lines).toEqual([
    { level: 'error', msg: 'a' },
    { level: 'info', msg: 'b', n: 1 },
    { level: 'info', msg: 'plain' },
  ]);
  expect(logs.filter('info')).toHaveLength(2);
  expect(logs.filter({ n: 1 })).toEqual([{ level: 'info', msg: 'b', n: 1 }]);
});

test('only errors that nobody looked at are unexpected', () => {
  const logs = new RecordedLogs();
  logs.write('{"level":"error","msg":"first"}');
  expect(logs.errors()).toHaveLength(1);
  logs.expectNoErrors();
  logs.write('{"level":"fatal","msg":"second"}');
  expect(() => logs.expectNoErrors()).toThrow(/logged 1 unexpected error:\n.*second/);
  logs.clear();
  logs.expectNoErrors();
});
