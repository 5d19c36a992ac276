import { splitTest } from '../requirement.ts';
import type { Line } from './judge.ts';

/** Files that take little time and hold tests of many lines; the sample of what must stay green. */
const SAMPLE = [
  'packages/auth/test/access-tokens.test.ts',
  'packages/auth/test/asvs/session-cookie.test.ts',
  'packages/auth/test/guards.test.ts',
  'packages/auth/test/one-time-tokens.test.ts',
  'packages/auth/test/sessions.test.ts',
  'packages/auth/test/step-up.test.ts',
  'packages/http/test/asvs/caching.test.ts',
  'packages/http/test/asvs/cookies.test.ts',
  'packages/http/test/asvs/refusals.test.ts',
  'packages/http/test/asvs/response-headers.test.ts',
];

/** The lines with those of their tests only that stand in files where a test of a line stands that is to turn red, and in the sample. */
export function partOf(lines: readonly Line[], turnsRed: readonly string[]): readonly Line[] {
  const files = new Set(SAMPLE);
  for (const { id, tests } of lines) if (turnsRed.includes(id)) for (const test of tests) files.add(splitTest(test).file);
  return lines
    .map(({ id, tests }) => ({ id, tests: tests.filter((test) => files.has(splitTest(test).file)) }))
    .filter(({ tests }) => tests.length > 0);
}
