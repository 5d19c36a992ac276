import { expect, test } from 'vitest';
import { checkRequirements, checkTests } from './check-requirements.ts';
import { reportOf } from './read-report.ts';
import type { Chapter, Requirement } from './requirement.ts';
import { patternOf } from './run-named-tests.ts';
import { pageOf } from './write-page.ts';

const ROOT = '/project';
const LISTED = new Map<string, 1 | 2>([
  ['7.1.1', 1],
  ['7.1.2', 2],
]);
const about = { asks: 'What is asked.', how: 'What is done.', by: 'default' } as const;
const first: Requirement = { id: '7.1.1', level: 1, ...about, tests: ['packages/a/test/a.test.ts > outer > works'] };
const second: Requirement = { id: '7.1.2', level: 2, ...about, owner: 'operator' };

function chapter(...requirements: readonly Requirement[]): readonly Chapter[] {
  return [{ number: 7, title: 'Sessions', requirements }];
}

/** A report of one file, by states and full names. */
function report(...tests: readonly (readonly [string, string])[]): ReturnType<typeof reportOf> {
  const assertionResults = tests.map(([status, name]) => {
    const parts = name.split(' > ');
    return { status, title: parts.at(-1)!, ancestorTitles: parts.slice(0, -1) };
  });
  return reportOf({ testResults: [{ name: `${ROOT}/packages/a/test/a.test.ts`, assertionResults }] }, ROOT);
}

test('a list that is complete, with tests that passed, is in order', () => {
  expect(checkRequirements(chapter(first, second), LISTED)).toEqual([]);
  expect(checkTests(chapter(first, second), report(['passed', 'outer > works']))).toEqual([]);
});

test('a test that no file has is refused, and so is one whose file was not run', () => {
  expect(checkTests(chapter(first), report(['passed', 'outer > works well']))).toEqual([
    '7.1.1: unknown test, the file has no such test: packages/a/test/a.test.ts > outer > works',
  ]);
  expect(checkTests(chapter({ ...first, tests: ['packages/b/test/b.test.ts > works'] }), report(['passed', 'outer > works']))).toEqual([
    '7.1.1: unknown test, no such file was run: packages/b/test/b.test.ts > works',
  ]);
});

test.each(['skipped', 'pending', 'todo', 'disabled'])('a test that was not run (%s) is refused', (status) => {
  expect(checkTests(chapter(first), report([status, 'outer > works']))).toEqual([
    '7.1.1: skipped test: packages/a/test/a.test.ts > outer > works',
  ]);
});

test('a test that failed is refused, also where another of its name has passed', () => {
  const expected = ['7.1.1: failed test: packages/a/test/a.test.ts > outer > works'];
  expect(checkTests(chapter(first), report(['failed', 'outer > works']))).toEqual(expected);
  expect(checkTests(chapter(first), report(['failed', 'outer > works'], ['passed', 'outer > works']))).toEqual(expected);
  expect(checkTests(chapter(first), report(['passed', 'outer > works'], ['failed', 'outer > works']))).toEqual(expected);
});

test('a name with a star stands for all tests that begin so, and for one at least', () => {
  const group = chapter({ ...first, tests: ['packages/a/test/a.test.ts > outer > *'] });
  expect(checkTests(group, report(['passed', 'outer > works'], ['failed', 'other > fails']))).toEqual([]);
  expect(checkTests(group, report(['passed', 'outer > works'], ['skipped', 'outer > waits']))).toEqual([
    '7.1.1: skipped test: packages/a/test/a.test.ts > outer > waits',
  ]);
  expect(checkTests(group, report(['passed', 'inner > works']))).toHaveLength(1);
});

test('a requirement that stands twice, not at all, in another chapter or level, or waits, is refused', () => {
  expect(checkRequirements(chapter(first, first, second), LISTED)).toEqual(['7.1.1 is listed twice.']);
  expect(checkRequirements(chapter(first), LISTED)).toEqual(['7.1.2 is missing.']);
  expect(checkRequirements(chapter(first, { ...second, level: 1 }), LISTED)).toEqual(['7.1.2 is of level 2, not 1.']);
  expect(checkRequirements(chapter(first, second, { ...second, id: '7.9.9' }), LISTED)).toEqual([
    '7.9.9 is none of the listed requirements (listed-ids.ts).',
  ]);
  expect(checkRequirements([{ number: 6, title: 'x', requirements: [first, second] }], LISTED)).toEqual([
    '7.1.1 stands in chapter 6.',
    '7.1.2 stands in chapter 6.',
  ]);
  expect(checkRequirements(chapter(first, { id: '7.1.2', level: 2, ...about, pending: 'accounts' }), LISTED)).toEqual([
    '7.1.2 waits for accounts: name the tests that show it.',
  ]);
  expect(checkRequirements(chapter({ ...first, tests: [] }, second), LISTED)).toEqual(['7.1.1 names no test.']);
});

test('the page has a line for each requirement, and names of tests stay text', () => {
  const odd = { ...first, tests: ['packages/a/test/a.test.ts > refuses a|b and <script> *'] };
  const page = pageOf(chapter(odd, second));
  expect(page).toContain('## V7 Sessions');
  expect(page).toContain('[a a.test.ts](../../packages/a/test/a.test.ts): refuses a\\|b and &lt;script> \\*');
  expect(page).toContain('| 7.1.2 | 2 | What is asked. | What is done. | **operator** |');
  expect(page).toContain('2 requirements: 1 of level 1, 1 of level 2.');
});

test('the expression for a run matches the named tests and no others', () => {
  const pattern = new RegExp(patternOf(['a.test.ts > outer > works (twice) [AU-01]', 'a.test.ts > group > *']), 's');
  expect(pattern.test('outer > works (twice) [AU-01]')).toBe(true);
  expect(pattern.test('group > anything at all')).toBe(true);
  for (const other of [
    'outer > works (twice) [AU-01] again',
    'not outer > works (twice) [AU-01]',
    'outer > works twice AU-0',
    'group anything',
  ])
    expect(pattern.test(other), other).toBe(false);
});
