import { statesOf, type Report } from '../read-report.ts';
import { splitTest } from '../requirement.ts';
import type { Mutation } from './mutation.ts';

/** A requirement with the tests of it that were run. */
export interface Line {
  readonly id: string;
  readonly tests: readonly string[];
}

/** The named tests of these lines that failed, or whose file could not be read, as one entry each; those that were left out say nothing. */
export function failuresOf(lines: readonly Line[], report: Report): readonly string[] {
  return [...new Set(lines.flatMap(({ tests }) => tests))].filter((test) => {
    const { file, name } = splitTest(test);
    const states = statesOf(report, file, name);
    return states.length === 0 || states.some(([, state]) => state === 'failed');
  });
}

/** The lines of which a test failed. */
export function redLines(lines: readonly Line[], failures: readonly string[]): readonly string[] {
  return lines.filter(({ tests }) => tests.some((test) => failures.includes(test))).map(({ id }) => id);
}

/** What differs from what was expected of a default that was turned off: a sentence each. */
export function differences({ name, off, turnsRed }: Mutation, red: readonly string[]): readonly string[] {
  const silent = turnsRed.filter((id) => !red.includes(id));
  const surprising = red.filter((id) => !turnsRed.includes(id));
  return [
    ...silent.map((id) => `${name}: ${id} stays green although ${off}.`),
    ...surprising.map((id) => `${name}: ${id} turns red, which is not expected where ${off}.`),
  ];
}
