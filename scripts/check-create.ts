// `npm create @plinth` as a reader would have it: from the packed packages, with plain npm. Each template is made, installed, tested,
// built and started, and all of that in under a minute.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serveRegistry } from './lib/local-registry.ts';
import { packAll } from './lib/pack.ts';
import { report } from './lib/report.ts';
import { run } from './lib/run.ts';
import { startService } from './lib/service.ts';

/** Seconds from `npm create` to tests that have passed. */
const LIMIT = 60;
const TEMPLATES: Readonly<Record<string, string>> = { api: '/notes', minimal: '/hello/Ada' };

const home = mkdtempSync(join(tmpdir(), 'plinth-create-'));
const registry = await serveRegistry(await packAll(join(home, 'tarballs')));
const npmrc = join(home, '.npmrc');
writeFileSync(npmrc, `@plinth:registry=${registry.url}/\naudit=false\nfund=false\nupdate-notifier=false\n`);
// Packages of the same version are made anew each time: none may come from a cache.
const env = {
  ...process.env,
  npm_config_userconfig: npmrc,
  npm_config_yes: 'true',
  npm_config_cache: join(home, 'cache'),
  NODE_OPTIONS: '',
};
const times: string[] = [];
try {
  const problems: string[] = [];
  for (const [template, path] of Object.entries(TEMPLATES)) problems.push(...(await checkTemplate(template, path)));
  report(problems, `npm create @plinth (${times.join(', ')})`);
} finally {
  registry.close();
  rmSync(home, { recursive: true, force: true });
}

async function checkTemplate(template: string, path: string): Promise<readonly string[]> {
  const folder = join(home, `made-${template}`);
  const began = performance.now();
  const made = await run('npm', ['create', '@plinth', `made-${template}`, '--', '--template', template], { cwd: home, env });
  if (made.code !== 0) return [`${template}: npm create failed:\n${made.output}`];
  const tested = await run('npm', ['test'], { cwd: folder, env });
  if (tested.code !== 0) return [`${template}: its tests fail:\n${tested.output}`];
  const seconds = (performance.now() - began) / 1000;
  times.push(`${template} ${seconds.toFixed(0)} s`);
  const slow = seconds > LIMIT ? [`${template}: it took ${seconds.toFixed(0)} s until its tests had passed; ${LIMIT} are allowed.`] : [];

  const built = await run('npm', ['run', 'build'], { cwd: folder, env });
  if (built.code !== 0) return [...slow, `${template}: it does not build:\n${built.output}`];
  const routes = await run('npx', ['plinth', 'routes', '--json'], { cwd: folder, env });
  if (routes.code !== 0 || !routes.stdout.includes('/health/live')) return [...slow, `${template}: plinth routes fails:\n${routes.output}`];
  try {
    const service = await startService(process.execPath, ['dist/main.js'], { cwd: folder, env });
    const { status } = await fetch(`${service.url}${path}`);
    const code = await service.stop('SIGINT');
    return [
      ...slow,
      ...(status === 200 && code === 0
        ? []
        : [`${template}: ${path} gave ${status}, and the service ended with ${code}:\n${service.output()}`]),
    ];
  } catch (error) {
    return [...slow, `${template}: ${error instanceof Error ? error.message : String(error)}`];
  }
}
