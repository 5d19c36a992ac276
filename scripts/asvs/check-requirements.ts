import { splitTest, type Chapter, type Requirement } from './requirement.ts';
import { statesOf, type Report } from './read-report.ts';

/** What is wrong with the requirements, whatever the tests say: missing, unlisted, listed twice, of another level, without proof. */
export function checkRequirements(chapters: readonly Chapter[], listed: ReadonlyMap<string, 1 | 2>): readonly string[] {
  const problems: string[] = [];
  const seen = new Set<string>();
  for (const { number, requirements } of chapters)
    for (const requirement of requirements) {
      const { id, level } = requirement;
      if (seen.has(id)) problems.push(`${id} is listed twice.`);
      seen.add(id);
      if (!id.startsWith(`${number}.`)) problems.push(`${id} stands in chapter ${number}.`);
      if (!listed.has(id)) problems.push(`${id} is none of the listed requirements (listed-ids.ts).`);
      else if (listed.get(id) !== level) problems.push(`${id} is of level ${listed.get(id)}, not ${level}.`);
      if ('pending' in requirement) problems.push(`${id} waits for ${requirement.pending}: name the tests that show it.`);
      if ('tests' in requirement && requirement.tests.length === 0) problems.push(`${id} names no test.`);
    }
  for (const id of listed.keys()) if (!seen.has(id)) problems.push(`${id} is missing.`);
  return problems;
}

/** Tests that a requirement names and that are unknown, were not run, or failed. */
export function checkTests(chapters: readonly Chapter[], report: Report): readonly string[] {
  return testedIn(chapters).flatMap(({ id, tests }) => tests.flatMap((test) => problemsOf(id, test, report)));
}

function problemsOf(id: string, test: string, report: Report): readonly string[] {
  const { file, name } = splitTest(test);
  const states = statesOf(report, file, name);
  if (states.length === 0) {
    const reason = report.has(file) ? 'the file has no such test' : 'no such file was run';
    return [`${id}: unknown test, ${reason}: ${test}`];
  }
  return states.flatMap(([each, state]) => (state === 'passed' ? [] : [`${id}: ${state} test: ${file} > ${each}`]));
}

/** The requirements that are shown by tests. */
export function testedIn(chapters: readonly Chapter[]): readonly (Requirement & { readonly tests: readonly string[] })[] {
  return chapters.flatMap(({ requirements }) => requirements.filter((each) => 'tests' in each));
}
