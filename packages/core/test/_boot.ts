import { BootError, createApp, type App, type AppOptions, type ModuleRef, type Problem } from '@plinth/core';
import { onTestFinished } from 'vitest';

/** Log lines, parsed. */
export interface Lines {
  readonly all: { readonly level: unknown; readonly msg?: string; readonly err?: { readonly message: string } }[];
  write(line: string): void;
}

export function recordLines(): Lines {
  const all: Lines['all'] = [];
  return { all, write: (line) => void all.push(JSON.parse(line) as Lines['all'][number]) };
}

/** A built application that is stopped when the test ends. */
export async function bootApp(root: ModuleRef, options: AppOptions = {}): Promise<App> {
  const app = await createApp(root, { env: {}, envFile: false, logger: recordLines(), ...options });
  onTestFinished(async () => {
    await app.stop().catch(() => {});
  });
  return app;
}

/** What a boot is refused for. */
export async function bootError(root: ModuleRef, options: AppOptions = {}): Promise<BootError> {
  try {
    await bootApp(root, options);
  } catch (error) {
    if (error instanceof BootError) return error;
    throw error;
  }
  throw new Error('The application was not refused.');
}

export async function bootProblems(root: ModuleRef, options: AppOptions = {}): Promise<readonly Problem[]> {
  return (await bootError(root, options)).problems;
}

/** The one problem of a boot that must have exactly one. */
export async function onlyProblem(root: ModuleRef, options: AppOptions = {}): Promise<Problem> {
  const problems = await bootProblems(root, options);
  if (problems.length !== 1) throw new Error(`Expected one problem, got ${JSON.stringify(problems, null, 2)}`);
  return problems[0]!;
}
