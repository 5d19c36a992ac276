// Does what docs/tutorial/first-service.md tells its reader to do, in an empty folder, with npm.
//   ```ts file=src/a.ts     the reader writes this file          ```sh           the reader types this; it must succeed
//   ```sh serve             a service, until the next one        ```text output  what the last command printed, `…` for anything
//   ```json output          the same for JSON: a subset of it, "…" for any value
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { serveRegistry } from './lib/local-registry.ts';
import { matchesJson, matchesText } from './lib/match-output.ts';
import { packAll } from './lib/pack.ts';
import { type Block, readBlocks } from './lib/read-blocks.ts';
import { report } from './lib/report.ts';
import { run } from './lib/run.ts';
import { type Service, startService } from './lib/service.ts';
import { ROOT } from './lib/workspace.ts';

const PAGE = join(ROOT, 'docs', 'tutorial', 'first-service.md');
/** Where the page says the service listens; the runner gives it a free port. */
const ADDRESS = /http:\/\/(localhost|127\.0\.0\.1):3000/g;

const home = mkdtempSync(join(tmpdir(), 'plinth-tutorial-'));
const project = join(home, 'notes');
mkdirSync(project);

let service: Service | undefined;
let printed = '';
let steps = 0;
const problems: string[] = [];
const registry = await serveRegistry(await packAll(join(home, 'tarballs')));
// The reader's own settings (a proxy, a mirror) stay; npm reads the project's .npmrc besides.
writeFileSync(join(project, '.npmrc'), `@plinth:registry=${registry.url}/\naudit=false\nfund=false\nupdate-notifier=false\n`);
try {
  for (const block of readBlocks(PAGE)) {
    if (problems.length > 0) break;
    await follow(block);
  }
  await stopService();
} finally {
  await service?.stop('SIGKILL');
  registry.close();
  rmSync(home, { recursive: true, force: true });
}
report(problems, `${steps} steps of the tutorial`);

async function follow(block: Block): Promise<void> {
  const file = block.words.get('file');
  const where = `${relative(ROOT, PAGE)}:${block.line}`;
  if (file) writeProjectFile(file, block.text);
  else if (block.language === 'sh') await type(block, where);
  else if (block.words.has('output')) {
    const matches = block.language === 'json' ? matchesJson(printed, block.text) : matchesText(printed, block.text);
    if (!matches) problems.push(`${where}: the page promises\n${block.text}\nbut this was printed:\n${printed}`);
  } else return;
  steps++;
}

function writeProjectFile(file: string, text: string): void {
  mkdirSync(dirname(join(project, file)), { recursive: true });
  writeFileSync(join(project, file), `${text}\n`);
}

async function type(block: Block, where: string): Promise<void> {
  const command = block.text.replace(ADDRESS, service?.url ?? '$&');
  if (block.words.has('serve')) {
    await stopService();
    try {
      service = await startService('bash', ['-ec', `exec ${command}`], { cwd: project, env: environment() });
    } catch (error) {
      problems.push(`${where}: ${error instanceof Error ? error.message : String(error)}`);
    }
    return;
  }
  const result = await run('bash', ['-ec', command], { cwd: project, env: environment() });
  printed = result.output;
  const mayFail = block.words.has('fails');
  if ((result.code !== 0) !== mayFail) problems.push(`${where}: this ended with ${result.code}:\n${block.text}\n${printed}`);
}

async function stopService(): Promise<void> {
  const ending = service;
  service = undefined;
  const code = await ending?.stop('SIGINT');
  if (ending && code !== 0) problems.push(`Ctrl-C ended the service with ${code}, not 0:\n${ending.output()}`);
}

/** As in a shell of the reader's own: nothing of this workspace but the Node it runs on. */
function environment(): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env };
  for (const name of Object.keys(env)) if (/^(PLINTH_|TEST_|VITEST|NODE_ENV|DATABASE_URL)/.test(name)) delete env[name];
  env['PATH'] = `${dirname(process.execPath)}:${env['PATH'] ?? ''}`;
  return env;
}
