import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../../lib/workspace.ts';
import { CHAPTERS } from '../chapters.ts';
import { testedIn } from '../check-requirements.ts';
import { reportOf } from '../read-report.ts';
import { differences, failuresOf, redLines, type Line } from './judge.ts';
import { applyMutation, type Mutation } from './mutation.ts';
import { MUTATIONS } from './mutations.ts';
import { partOf } from './part.ts';

const idle: Mutation = {
  name: 'idle',
  off: 'sessions live on',
  file: 'a.ts',
  changes: [['idle = 30', 'idle = $&']],
  turnsRed: ['7.3.1'],
};
const lines: readonly Line[] = [
  { id: '7.3.1', tests: ['a.test.ts > ends'] },
  { id: '7.3.2', tests: ['a.test.ts > ends late', 'b.test.ts > group > *'] },
];

function reportWith(states: Readonly<Record<string, string>>): ReturnType<typeof reportOf> {
  const assertionResults = Object.entries(states).map(([title, status]) => ({ title, status, ancestorTitles: [] }));
  return reportOf({ testResults: [{ name: '/p/a.test.ts', assertionResults }] }, '/p');
}

test('a piece of the source is replaced as text, and must stand there exactly once', () => {
  expect(applyMutation(idle, 'const idle = 30;')).toBe('const idle = $&;');
  expect(() => applyMutation(idle, 'const idle = 31;')).toThrow('The default "idle" cannot be turned off: a.ts holds "idle = 30" 0 times');
  expect(() => applyMutation(idle, 'idle = 30; idle = 30;')).toThrow('2 times');
});

test('every default can still be turned off, and names lines that tests show', () => {
  const known = new Set(testedIn(CHAPTERS).map(({ id }) => id));
  expect(MUTATIONS.length).toBeGreaterThanOrEqual(20);
  expect(new Set(MUTATIONS.map(({ name }) => name)).size).toBe(MUTATIONS.length);
  for (const mutation of MUTATIONS) {
    const source = readFileSync(join(ROOT, mutation.file), 'utf8');
    expect(applyMutation(mutation, source), mutation.name).not.toBe(source);
    expect(mutation.turnsRed.length, mutation.name).toBeGreaterThan(0);
    expect(
      mutation.turnsRed.filter((id) => !known.has(id)),
      mutation.name,
    ).toEqual([]);
  }
});

test('a line is red when one of its tests failed or is gone; one that was left out says nothing', () => {
  const red = (states: Readonly<Record<string, string>>): readonly string[] => {
    const own = lines.map(({ id, tests }) => ({ id, tests: tests.slice(0, 1) }));
    return redLines(own, failuresOf(own, reportWith(states)));
  };
  expect(red({ ends: 'passed', 'ends late': 'passed' })).toEqual([]);
  expect(red({ ends: 'failed', 'ends late': 'passed' })).toEqual(['7.3.1']);
  expect(red({ ends: 'skipped', 'ends late': 'passed' })).toEqual([]);
  expect(red({ ends: 'passed' })).toEqual(['7.3.2']);
});

test('exactly the named lines may be red: one that stays green is told, and so is one that was not expected', () => {
  expect(differences(idle, ['7.3.1'])).toEqual([]);
  expect(differences(idle, [])).toEqual(['idle: 7.3.1 stays green although sessions live on.']);
  expect(differences(idle, ['7.3.1', '7.3.2'])).toEqual(['idle: 7.3.2 turns red, which is not expected where sessions live on.']);
});

test('a part has the files of the lines that are to turn red, with all that these show of other lines', () => {
  expect(partOf(lines, ['7.3.1'])).toEqual([
    { id: '7.3.1', tests: ['a.test.ts > ends'] },
    { id: '7.3.2', tests: ['a.test.ts > ends late'] },
  ]);
});
