import { readFileSync } from 'node:fs';
import { basename } from 'node:path';

const INTRODUCTION = `# Error codes

Every error that Plinth gives to a caller, to an author or at boot has one of these codes. A code keeps its meaning; its sentence may be
reworded. Those with a status are answered to callers; those without stop the boot or are thrown to the author. Codes of your own come from [\`defineErrors\`](../../how-to/define-errors.md).
`;

const FAMILIES: Readonly<Record<string, string>> = {
  AUTH: 'Sign-in, tokens, sessions',
  CORE: 'Wiring, configuration, life of an application',
  DATA: 'Database',
  HTTP: 'Requests and routes',
  INTERNAL: 'Anything without a code',
  OPENAPI: 'The API document',
  TESTING: 'Tests',
  VALIDATION: 'Schemas',
};

/** The index of the pages of error codes, as Markdown: a table per package, each code with its status and the first sentence of its page. */
export function errorIndex(pages: readonly string[]): string {
  const families = Map.groupBy(pages.map(readPage), ({ code }) => code.split('_')[0] ?? code);
  return [INTRODUCTION, ...[...families].map(([prefix, rows]) => tableOf(FAMILIES[prefix] ?? prefix, rows))].join('\n');
}

interface ErrorPage {
  readonly code: string;
  /** What a caller gets; absent for errors that stop the boot or never leave the process. */
  readonly status: string | undefined;
  readonly sentence: string;
}

function tableOf(title: string, rows: readonly ErrorPage[]): string {
  const lines = rows.map(({ code, status = '', sentence }) => `| [${code}](${code}.md) | ${status} | ${sentence} |`);
  return [`## ${title}`, '', '| code | status | |', '| --- | --- | --- |', ...lines, ''].join('\n');
}

/** The first paragraph holds the status, if there is one, and then says what the code means. */
function readPage(page: string): ErrorPage {
  const paragraph = (readFileSync(page, 'utf8').split(/\n\s*\n/)[1] ?? '').replaceAll('\n', ' ').trim();
  const sentences = paragraph.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').split(/(?<=\.)\s+(?=[A-Z`])/);
  const first = sentences.find((each) => !isLabel(each)) ?? sentences[0] ?? '';
  return { code: basename(page, '.md'), status: /[Ss]tatus (\d{3})/.exec(sentences[0] ?? '')?.[1], sentence: first.replaceAll('|', '\\|') };
}

/** `Class X, kind invalid, status 422.` tells what the error is, not what it means. */
function isLabel(sentence: string): boolean {
  return /^(Class|Kind|Status|Stops the boot|A problem of the boot|Fails the start|Rejects|Thrown by)\b/.test(sentence);
}
