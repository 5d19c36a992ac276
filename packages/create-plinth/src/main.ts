import { relative } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { createProject, TEMPLATES, type Template } from './create-project.js';
import { CREATE_ERRORS, CreateError } from './errors.js';
import { detectPackageManager, runIn, runScript } from './package-manager.js';

const DEFAULT_NAME = 'my-service';

const HELP = `npm create @plinth [name] -- [options]

Makes a new project: a service with a route, its contract and a test.

  name                 the name and folder; "." for this folder (asked for when it is left out)
  -t, --template <t>   ${TEMPLATES.join(' or ')} (default api)
  -y, --yes            ask nothing: the name is ${DEFAULT_NAME} unless given
      --no-install     do not install the dependencies
      --git            make a git repository
  -h, --help           print this help
`;

/** Runs one call of `npm create @plinth`. Gives the exit code: 0, 1 for a refusal, 2 for a call that cannot be understood. */
export async function main(words: readonly string[]): Promise<number> {
  try {
    return await create(words);
  } catch (error) {
    if (!(error instanceof CreateError)) throw error;
    process.stderr.write(`${error.code}: ${error.message}\nCure: ${error.help}\n`);
    return error.code === 'CREATE_PLINTH_USAGE' ? 2 : 1;
  }
}

async function create(words: readonly string[]): Promise<number> {
  const { values, positionals } = readWords(words);
  if (values.help === true) {
    process.stdout.write(HELP);
    return 0;
  }
  const template = values.template ?? 'api';
  if (!TEMPLATES.includes(template as Template))
    throw CREATE_ERRORS.usage(`There is no template ${JSON.stringify(template)}: there are ${TEMPLATES.join(' and ')}`);
  if (positionals.length > 1) throw CREATE_ERRORS.usage(`One name is taken, not ${positionals.length}`);
  const name = positionals[0] ?? (values.yes === true ? DEFAULT_NAME : await askName());
  const { folder, files } = createProject({ name, cwd: process.cwd(), template: template as Template });
  process.stdout.write(`${files.length} files in ${folder}\n`);

  const manager = detectPackageManager();
  const installing = values['no-install'] !== true;
  if (values.git === true && !runIn(folder, 'git', ['init', '--quiet']))
    process.stderr.write('git init has failed; the project is there all the same.\n');
  if (installing && !runIn(folder, manager, manager === 'npm' ? ['install', '--no-audit', '--no-fund'] : ['install']))
    throw CREATE_ERRORS.install(`${manager} install`, folder);
  process.stdout.write(nextSteps(relative(process.cwd(), folder), installing));
  return 0;
}

function readWords(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      allowPositionals: true,
      options: {
        template: { type: 'string', short: 't' },
        yes: { type: 'boolean', short: 'y' },
        'no-install': { type: 'boolean' },
        git: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw CREATE_ERRORS.usage((error as Error).message.split('. ')[0]!.replace(/\.$/, ''));
  }
}

async function askName(): Promise<string> {
  // Nobody is there to answer: a script, or CI.
  if (process.stdin.isTTY !== true) throw CREATE_ERRORS.usage('No name is given, and there is nobody to ask');
  const questions = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return (await questions.question(`Name of the project (${DEFAULT_NAME}): `)).trim() || DEFAULT_NAME;
  } finally {
    questions.close();
  }
}

function nextSteps(folder: string, installed: boolean): string {
  const manager = detectPackageManager();
  const steps = [
    ...(folder === '' ? [] : [`cd ${folder}`]),
    ...(installed ? [] : [`${manager} install`]),
    `${runScript(manager, 'dev')}      # runs the service, and restarts it on changes`,
    `${runScript(manager, 'test')}`,
    `npx plinth routes`,
  ];
  return `\nDone. Next:\n\n${steps.map((step) => `  ${step}`).join('\n')}\n\nThe service listens on http://localhost:3000.\n`;
}
