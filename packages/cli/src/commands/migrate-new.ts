import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { extname, join, relative, resolve } from 'node:path';
import type { Command } from '../command.js';
import { findConfig, loadProject, reasonOf } from '../config/load-config.js';
import { CLI_ERRORS } from '../errors.js';
import { addToIndex, importLine, newIndex } from './migration-index.js';

/** Writes the file of a new migration. The application is not built. */
export const newCommand: Command = {
  name: 'new',
  summary: 'write the file of a new migration, and list it in the index of the folder',
  arguments: [['<name>', 'what it does: add_bio_to_users']],
  examples: ['plinth migrate new add_bio_to_users'],
  async run(call) {
    const given = call.arguments[0]!;
    const { folder: root, config } = await loadProject(call.cwd, call.config);
    const slug = toSlug(given);
    const folder = resolve(root, config.migrations ?? (existsSync(join(root, 'src')) ? 'src/migrations' : 'migrations'));
    const extension = extname(findConfig(call.cwd, call.config)).replace('.m', '.');
    const name = `${timestamp(new Date())}_${slug}`;
    const file = join(folder, `${name}${extension}`);
    const identifier = slug.replace(/_+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
    refuseTwice(folder, identifier, slug);
    // Looked at before the file is there: an index of our own making is made only in a folder without migrations.
    const listed = listIn(folder, { identifier, file: `${name}${extension}`, extension });
    write(file, template(name, identifier));
    if (listed.text !== undefined) write(listed.index, listed.text, true);
    const shown = (path: string): string => relative(call.cwd, path);
    if (call.output.json) {
      call.output.data({ name, file, index: listed.text === undefined ? null : listed.index });
      return 0;
    }
    call.output.line(`${shown(file)} is written.`);
    if (listed.text !== undefined)
      call.output.line(
        `${shown(listed.index)} ${listed.made ? 'is written; give its list to DataModule.with({ migrations })' : 'lists it'}.`,
      );
    else
      call.output.line(
        `List it yourself: ${importLine({ identifier, file: `${name}${extension}` })}  and ${identifier} in \`migrations\`.`,
      );
    return 0;
  },
};

interface Listed {
  readonly index: string;
  /** The new text; undefined where the index is not of the form that can be added to. */
  readonly text: string | undefined;
  readonly made: boolean;
}

function listIn(folder: string, entry: { readonly identifier: string; readonly file: string; readonly extension: string }): Listed {
  const index = join(folder, `index${entry.extension}`);
  if (existsSync(index)) return { index, text: addToIndex(readFileSync(index, 'utf8'), entry), made: false };
  const alone = !existsSync(folder) || readdirSync(folder).length === 0;
  return { index, text: alone ? newIndex(entry) : undefined, made: true };
}

function toSlug(given: string): string {
  const slug = given
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');
  const refuse = (reason: string): Error => CLI_ERRORS.MIGRATION_NAME({ name: JSON.stringify(given), reason });
  if (/[/\\]/.test(given)) throw refuse('it holds a path; the folder is `migrations` of the configuration');
  if (!/^[a-z]/.test(slug)) throw refuse('it does not begin with a letter');
  if (slug.length > 150) throw refuse('it is longer than 150 characters');
  if (reserved.has(slug)) throw refuse('the word has a meaning in JavaScript');
  return slug;
}

const reserved = new Set([
  'delete',
  'new',
  'function',
  'class',
  'import',
  'export',
  'default',
  'return',
  'var',
  'void',
  'null',
  'true',
  'false',
  'in',
  'if',
  'do',
  'for',
  'try',
  'enum',
  'with',
  'this',
  'super',
  'switch',
  'case',
  'const',
  'let',
  'migrations',
]);

// Two exports of one name could not both be listed.
function refuseTwice(folder: string, identifier: string, slug: string): void {
  if (!existsSync(folder)) return;
  const same = readdirSync(folder).find((file) => new RegExp(`^[\\d_]{14,17}_${slug}\\.[cm]?[jt]s$`).test(file));
  if (same !== undefined) throw CLI_ERRORS.MIGRATION_NAME({ name: JSON.stringify(slug), reason: `${same} exports ${identifier} already` });
}

// As the names in the documentation begin: all of one form sort by their time.
function timestamp(now: Date): string {
  const [date, time] = now.toISOString().slice(0, 19).split('T');
  return `${date!.replaceAll('-', '_')}_${time!.replaceAll(':', '')}`;
}

function template(name: string, identifier: string): string {
  return `import { defineMigration } from '@plinth/data';

export const ${identifier} = defineMigration('${name}', {
  up: () => {
    throw new Error('${name} is not written yet.');
  },
  down: () => {
    throw new Error('${name} is not written yet.');
  },
});
`;
}

function write(file: string, text: string, replace = false): void {
  try {
    mkdirSync(resolve(file, '..'), { recursive: true });
    writeFileSync(file, text, { flag: replace ? 'w' : 'wx' });
  } catch (error) {
    throw CLI_ERRORS.FILE({ file, done: 'written', reason: reasonOf(error) }, { cause: error });
  }
}
