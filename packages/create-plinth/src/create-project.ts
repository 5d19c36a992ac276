import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readName } from './check-name.js';
import { CREATE_ERRORS } from './errors.js';

/** `api`: a controller with a service, tests and API docs; `minimal`: one route and its test. */
export type Template = 'api' | 'minimal';

export const TEMPLATES: readonly Template[] = ['api', 'minimal'];

/** What a project is made from. */
export interface CreateOptions {
  /** A name, a path, or `.` for the working directory. */
  readonly name: string;
  readonly cwd: string;
  readonly template: Template;
}

/**
 * Writes a new project. Gives its folder and the files in it. Throws `CREATE_PLINTH_NAME`, `CREATE_PLINTH_NOT_EMPTY` and
 * `CREATE_PLINTH_FOLDER`.
 */
export function createProject({ name: given, cwd, template }: CreateOptions): {
  readonly folder: string;
  readonly files: readonly string[];
} {
  const { name, folder } = readName(given, cwd);
  checkEmpty(folder);
  const values = { name, version: versionOf(), key: randomBytes(32).toString('base64') };
  const files = new Map([...readTemplate('base'), ...readTemplate(template)]);
  try {
    for (const [file, text] of files) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      const mode = file === '.env' ? { mode: 0o600 } : {};
      writeFileSync(
        join(folder, file),
        text.replace(/\{\{(name|version|key)\}\}/g, (_, key: keyof typeof values) => values[key]),
        { flag: 'wx', ...mode },
      );
    }
  } catch (error) {
    throw CREATE_ERRORS.folder(folder, error);
  }
  return { folder, files: [...files.keys()].sort() };
}

// What a new repository has already, and what a system leaves lying about.
const harmless = new Set(['.git', '.DS_Store', 'Thumbs.db', '.idea', '.vscode']);

function checkEmpty(folder: string): void {
  let found: readonly string[];
  try {
    found = readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw CREATE_ERRORS.folder(folder, error);
  }
  const others = found.filter((name) => !harmless.has(name));
  if (others.length > 0)
    throw CREATE_ERRORS.notEmpty(folder, others.length > 3 ? `${others.slice(0, 3).join(', ')} and more` : others.join(', '));
}

// npm takes .gitignore and the like out of packages, and reads package.json and tsconfig.json as its own: in the package they have
// other names.
function readTemplate(name: string): readonly (readonly [file: string, text: string])[] {
  const root = fileURLToPath(new URL(`../templates/${name}/`, import.meta.url));
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      const file = relative(root, path).split(sep).join('/');
      return [file.replace(/(^|\/)_/, '$1.').replace(/\.tpl$/, ''), readFileSync(path, 'utf8')] as const;
    });
}

// All packages have one version, this one's.
function versionOf(): string {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
  return manifest.version;
}
