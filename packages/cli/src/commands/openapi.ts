import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from '../command.js';
import { loadProject, reasonOf } from '../config/load-config.js';
import { CLI_ERRORS } from '../errors.js';
import { bootProject } from '../project/boot-project.js';
import { importFromProject } from '../project/project-packages.js';

/** The OpenAPI document of the application, which need not be started for it. */
export const openapiCommand: Command = {
  name: 'openapi',
  summary: 'print the OpenAPI document, or write or check its file',
  options: [
    ['-o, --out <file>', 'write it there'],
    ['--check <file>', 'fail when that file is not what the application says'],
    ['--title <title>', 'the title, if not that of OpenApiModule'],
    ['--api-version <version>', 'the version, if not that of OpenApiModule'],
  ],
  examples: ['plinth openapi --out openapi.json', 'plinth openapi --check openapi.json'],
  async run({ cwd, config, options, output }) {
    const project = await loadProject(cwd, config);
    const { toOpenApi } = await importFromProject<typeof import('@plinth/openapi')>(project.folder, '@plinth/openapi');
    await using booted = await bootProject(project);
    const { title, apiVersion, out, check } = options as Record<string, string | undefined>;
    const info = { ...(title !== undefined && { title }), ...(apiVersion !== undefined && { version: apiVersion }) };
    const document = toOpenApi(booted.app, info as Parameters<typeof toOpenApi>[1]);
    const text = `${JSON.stringify(document, undefined, 2)}\n`;
    if (check !== undefined) compare(resolve(cwd, check), document, check);
    if (out !== undefined) write(resolve(cwd, out), text);
    if (out === undefined && check === undefined) process.stdout.write(text);
    else if (output.json) output.data({ file: out ?? check, ok: true });
    else output.line(out === undefined ? `${check} is up to date.` : `${out} is written.`);
    return 0;
  },
};

// By value: who formats the file in another way has the same document.
function compare(path: string, document: object, file: string): void {
  let kept: unknown;
  try {
    kept = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw CLI_ERRORS.OPENAPI_OUTDATED(
      { file, reason: (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'it does not exist' : 'it cannot be read as JSON' },
      { cause },
    );
  }
  const difference = firstDifference(kept, JSON.parse(JSON.stringify(document)), '#');
  if (difference !== undefined) throw CLI_ERRORS.OPENAPI_OUTDATED({ file, reason: `the first difference is at ${difference}` });
}

/** The JSON pointer of the first place where two documents differ. */
function firstDifference(a: unknown, b: unknown, at: string): string | undefined {
  if (a === b) return undefined;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null || Array.isArray(a) !== Array.isArray(b)) return at;
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  for (const key of new Set([...Object.keys(right), ...Object.keys(left)])) {
    const place = `${at}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    if (!(Object.hasOwn(left, key) && Object.hasOwn(right, key))) return place;
    const found = firstDifference(left[key], right[key], place);
    if (found !== undefined) return found;
  }
  return undefined;
}

function write(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (error) {
    throw CLI_ERRORS.FILE({ file: path, done: 'written', reason: reasonOf(error) }, { cause: error });
  }
}
