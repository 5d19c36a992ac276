import { expect, test } from 'vitest';
import { BootError } from './boot-error.js';

test('a boot error lists every problem with place and cure, numbered', () => {
  const error = new BootError([
    { code: 'A_ONE', message: 'First.', where: 'module A', help: 'Do this.' },
    { code: 'B_TWO', message: 'Second,\non two lines.' },
  ]);
  expect(error.message).toBe(
    [
      'The application cannot start: 2 problems.',
      '',
      '  1. A_ONE at module A',
      '     First.',
      '     Cure: Do this.',
      '',
      '  2. B_TWO',
      '     Second,',
      '     on two lines.',
    ].join('\n'),
  );
  expect(error.code).toBe('CORE_BOOT');
});

test('the JSON of a boot error has its problems and no stack', () => {
  expect(JSON.parse(JSON.stringify(new BootError([{ code: 'A', message: 'm' }])))).toEqual({
    name: 'BootError',
    code: 'CORE_BOOT',
    problems: [{ code: 'A', message: 'm' }],
  });
});

test('a problem that several parts have word for word is listed once', () => {
  const missing = { code: 'A_ONE', message: 'First.', where: 'module A' };
  const error = new BootError([missing, { ...missing }, { ...missing, where: 'module B' }]);
  expect(error.problems).toEqual([missing, { ...missing, where: 'module B' }]);
  expect(error.message).toContain('2 problems');
});
