import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';

export type TestState = 'passed' | 'failed' | 'skipped';

/** What a run of the tests found: the states by file, relative to the project's folder, and full name (`describe > test`). */
export type Report = ReadonlyMap<string, ReadonlyMap<string, TestState>>;

/** What is read of the JSON report of Vitest. */
interface VitestReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly { readonly ancestorTitles: readonly string[]; readonly title: string; readonly status: string }[];
  }[];
}

/** Reads the report that Vitest's reporter `json` has written. Throws an error for people when there is none. */
export function readReport(file: string, root: string): Report {
  if (!existsSync(file))
    throw new Error(`There is no report of a run of the tests at ${relative(root, file)}. \`pnpm check:asvs --run\` runs the named tests.`);
  return reportOf(JSON.parse(readFileSync(file, 'utf8')) as VitestReport, root);
}

/** The states in a report. Tests of one name in one file count as one, whose state is the worst of them. */
export function reportOf(report: VitestReport, root: string): Report {
  const files = new Map<string, Map<string, TestState>>();
  for (const { name: path, assertionResults } of report.testResults) {
    const file = relative(root, path).replaceAll('\\', '/');
    const tests = files.get(file) ?? new Map<string, TestState>();
    files.set(file, tests);
    for (const { ancestorTitles, title, status } of assertionResults) {
      const name = [...ancestorTitles, title].join(' > ');
      tests.set(name, worst(tests.get(name), stateOf(status)));
    }
  }
  return files;
}

/** The tests that a name stands for, with their states; none: it is unknown. A `*` at the end stands for every end. */
export function statesOf(report: Report, file: string, name: string): readonly (readonly [string, TestState])[] {
  const tests = report.get(file) ?? new Map<string, TestState>();
  if (name.endsWith('*')) return [...tests].filter(([each]) => each.startsWith(name.slice(0, -1)));
  const state = tests.get(name);
  return state === undefined ? [] : [[name, state]];
}

// `pending`, `todo` and `disabled` were not run either.
function stateOf(status: string): TestState {
  return status === 'passed' || status === 'failed' ? status : 'skipped';
}

function worst(one: TestState | undefined, other: TestState): TestState {
  for (const state of ['failed', 'skipped'] as const) if (one === state || other === state) return state;
  return 'passed';
}
