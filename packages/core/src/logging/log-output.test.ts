import { expect, test } from 'vitest';
import { LogOutput, type LogDestination } from './log-output.js';

function start(): { output: LogOutput; lines: string[]; opened: () => number; open: () => LogDestination } {
  const lines: string[] = [];
  let opened = 0;
  const open = (): LogDestination => {
    opened++;
    return { write: (line) => void lines.push(line) };
  };
  return { output: new LogOutput(), lines, opened: () => opened, open };
}

test('the destination is opened with the first line, once, and not by a process that logs nothing', () => {
  const { output, lines, opened, open } = start();
  output.open(open);
  output.flush();
  output.flushSync();
  expect(opened()).toBe(0);
  output.write('first\n');
  output.write('second\n');
  expect(opened()).toBe(1);
  expect(lines).toEqual(['first\n', 'second\n']);
});

test('lines that were held back open the destination when they are wanted, and only then', () => {
  const wanted = start();
  wanted.output.write('early\n');
  expect(wanted.output.holding).toBe(true);
  wanted.output.open(wanted.open);
  expect(wanted.lines).toEqual(['early\n']);

  const unwanted = start();
  unwanted.output.write('early\n');
  unwanted.output.open(unwanted.open, { keep: () => false });
  expect(unwanted.opened()).toBe(0);
});

test('a destination that cannot be opened fails nobody', () => {
  const output = new LogOutput();
  output.open(() => {
    throw new Error('no such device');
  });
  expect(() => output.write('first\n')).not.toThrow();
});
