import { posix } from 'node:path';
import { splitTest, type Chapter, type Requirement } from './requirement.ts';

const PAGE_FOLDER = 'docs/reference';

/** What stands in place of tests for requirements that Plinth does not meet by itself. */
const LATER = {
  graphql: 'GraphQL',
  websockets: 'WebSockets',
  cache: 'the cache',
  sbom: 'the bill of materials',
  audit: 'the audit of dependencies',
} as const;

/** The text of docs/reference/asvs.md. */
export function pageOf(chapters: readonly Chapter[]): string {
  return [HEAD, countsOf(chapters), ...chapters.map(chapterOf)].join('\n\n') + '\n';
}

const HEAD = `# OWASP ASVS 5.0

The [OWASP Application Security Verification Standard 5.0](https://owasp.org/www-project-application-security-verification-standard/) lists what a secure application
does. This page takes the requirements of levels 1 and 2 that a framework can meet, or make a matter of one line, and names for each the tests that show it, or says
whose it is. What is asked is told in our own words; the text of the standard (© The OWASP Foundation, CC BY-SA 4.0) is what counts.

The page is generated from \`scripts/asvs/requirements/\`. CI reads the report of its test run and refuses a requirement whose test is unknown, was left out or failed,
that is listed twice or not at all. Another check turns single defaults off, one after the other, and expects exactly the lines that it names to turn red:
\`scripts/asvs/defaults/\`.

- **default**: holds with nothing to configure. **one line**: you say it in one line.
- **author**, **operator**: yours, or of whoever runs the service; the line says what Plinth gives for it.
- **later**: belongs to a part of Plinth that does not exist yet. **missing**: could be met by Plinth and is not.

A test shows what it says, no more. An application meets the standard when somebody has verified that application.
[The security model](../explanation/security-model.md) says what is protected against, and what is not.`;

function countsOf(chapters: readonly Chapter[]): string {
  const all = chapters.flatMap(({ requirements }) => requirements);
  const count = (fits: (each: Requirement) => boolean): number => all.filter(fits).length;
  const tested = all.flatMap((each) => ('tests' in each ? each.tests : []));
  const rows = [
    ['shown by tests, by default', count((each) => 'tests' in each && each.by === 'default')],
    ['shown by tests, with one line', count((each) => 'tests' in each && each.by === 'one line')],
    ['the author’s', count((each) => 'owner' in each && each.owner === 'author')],
    ['the operator’s', count((each) => 'owner' in each && each.owner === 'operator')],
    ['later', count((each) => 'later' in each)],
    ['missing', count((each) => 'missing' in each)],
  ] as const;
  return [
    `${all.length} requirements: ${count(({ level }) => level === 1)} of level 1, ${count(({ level }) => level === 2)} of level 2. ${new Set(tested).size} tests and groups of tests are named.`,
    '',
    ...table(
      ['how it holds', 'requirements'],
      rows.filter(([, number]) => number > 0).map(([name, number]) => [name, String(number)]),
    ),
  ].join('\n');
}

function chapterOf({ number, title, requirements }: Chapter): string {
  const rows = requirements.map((each) => [each.id, String(each.level), cell(each.asks), cell(each.how), proofOf(each)]);
  return [
    `## V${number} ${title}`,
    '',
    '<!-- prettier-ignore-start -->',
    '',
    ...table(['id', 'level', 'asked', 'what Plinth does', 'shown by'], rows),
    '',
    '<!-- prettier-ignore-end -->',
  ].join('\n');
}

function proofOf(requirement: Requirement): string {
  if ('tests' in requirement) return `**${requirement.by}**<br>${requirement.tests.map(linkTo).join('<br>')}`;
  if ('owner' in requirement) return `**${requirement.owner}**`;
  if ('later' in requirement) return `**later**: ${LATER[requirement.later]}`;
  if ('missing' in requirement) return `**missing**: ${cell(requirement.missing)}`;
  return `**pending**: ${requirement.pending}`;
}

function linkTo(test: string): string {
  const { file, name } = splitTest(test);
  const short = file.replace(/^packages\//, '').replace(/\/(?:test|src)\//, ' ');
  return `[${short}](${posix.relative(PAGE_FOLDER, file)}): ${text(name)}`;
}

// Our own sentences are Markdown, and may hold code.
function cell(words: string): string {
  return words.replaceAll('|', '\\|');
}

// Names of tests hold any character; in a cell of a table they must stay text.
function text(words: string): string {
  return words
    .replaceAll('\\', '\\\\')
    .replaceAll(/[|`*_[\]~]/g, (sign) => `\\${sign}`)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
}
