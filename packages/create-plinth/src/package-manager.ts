import { spawnSync } from 'node:child_process';

/** A package manager that a project may be made with. */
export type PackageManager = 'npm' | 'pnpm' | 'yarn' | 'bun';

/** The one that runs us: it says so in `npm_config_user_agent`. Default npm. */
export function detectPackageManager(env: NodeJS.ProcessEnv = process.env): PackageManager {
  const name = /^(pnpm|yarn|bun)\//.exec(env['npm_config_user_agent'] ?? '')?.[1];
  return (name as PackageManager | undefined) ?? 'npm';
}

/** How a script of the project is run. */
export function runScript(manager: PackageManager, script: string): string {
  return manager === 'npm' && script !== 'test' && script !== 'start'
    ? `npm run ${script}`
    : `${manager} ${manager === 'bun' ? 'run ' : ''}${script}`;
}

/** Runs a program in a folder, its output on ours. Whether it succeeded. */
export function runIn(folder: string, program: string, args: readonly string[]): boolean {
  // Package managers are .cmd files on Windows, which only a shell runs; every word is ours.
  const { status } = spawnSync(program, [...args], {
    cwd: folder,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  });
  return status === 0;
}
