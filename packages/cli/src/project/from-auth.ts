import type { App, Key } from '@plinth/core';
import type { Call } from '../command.js';
import { loadProject } from '../config/load-config.js';
import { CLI_ERRORS } from '../errors.js';
import { buildApp } from './boot-project.js';
import { importFromProject } from './project-packages.js';

type Auth = typeof import('@plinth/auth');

/** What of `@plinth/auth` a command works with, and what to do where the application does not have it. */
export interface Wanted<T> {
  readonly key: (auth: Auth) => Key<T>;
  readonly what: string;
  readonly cure: string;
}

/**
 * Runs `work` with a service of `@plinth/auth`, as the project has it, of the application, which is built and not started. Throws `CLI_AUTH`
 * where the application does not have it, and what `buildApp` throws.
 */
export async function withAuth<T, R>(call: Call, wanted: Wanted<T>, work: (service: T, auth: Auth) => Promise<R>): Promise<R> {
  const project = await loadProject(call.cwd, call.config);
  const auth = await importFromProject<Auth>(project.folder, '@plinth/auth');
  await using app = await buildApp(project);
  return await work(serviceOf(app, wanted, auth), auth);
}

function serviceOf<T>(app: App, { key, what, cure }: Wanted<T>, auth: Auth): T {
  try {
    return app.get(key(auth));
  } catch (cause) {
    throw CLI_ERRORS.AUTH({ what, cure }, { cause });
  }
}
