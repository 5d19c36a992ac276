import { Writable } from 'node:stream';
import type { App, ModuleRef } from '@plinth/core';
import type { HttpServer } from '@plinth/http';
import { reasonOf, type Project } from '../config/load-config.js';
import { CLI_ERRORS } from '../errors.js';
import { importFromProject } from './project-packages.js';

type Core = typeof import('@plinth/core');
type Http = typeof import('@plinth/http');

/** An application that is built, not started: no port is opened, and nothing but itself is asked for. */
export interface BootedProject extends AsyncDisposable {
  readonly app: App;
  readonly server: HttpServer;
}

/** Builds the application of a project. Throws `CLI_APP`, `CLI_HTTP`, `CLI_PACKAGE`, and the `BootError` of the application. */
export async function bootProject(project: Project): Promise<BootedProject> {
  const http = await importFromProject<Http>(project.folder, '@plinth/http');
  const app = await buildApp(project);
  try {
    return { app, server: serverOf(app, http), [Symbol.asyncDispose]: () => app.stop() };
  } catch (error) {
    await app.stop();
    throw error;
  }
}

/** The application of a project, built and not started, whether it has an HTTP server or not. Stop it. */
export async function buildApp(project: Project): Promise<App> {
  const core = await importFromProject<Core>(project.folder, '@plinth/core');
  const root = await readRoot(project);
  // Log lines would stand between the lines of our own answer.
  const logger = new Writable({ write: (_chunk, _encoding, done) => done() });
  return core.createApp(root, { logger, inspect: true });
}

async function readRoot({ file, config }: Project): Promise<ModuleRef> {
  if (typeof config.app !== 'function' || isClass(config.app)) return config.app as ModuleRef;
  let given: unknown;
  try {
    given = await (config.app as () => unknown)();
  } catch (error) {
    throw CLI_ERRORS.APP({ file, reason: reasonOf(error) }, { cause: error });
  }
  if (!isNamespace(given)) {
    if (given === undefined || given === null) throw CLI_ERRORS.APP({ file, reason: '`app` gives nothing.' });
    return given as ModuleRef;
  }
  const { default: main, AppModule: named } = given;
  const only = Object.values(given).filter((value) => typeof value === 'function' && isClass(value));
  const root = main ?? named ?? (only.length === 1 ? only[0] : undefined);
  if (root === undefined) {
    const names = Object.keys(given);
    throw CLI_ERRORS.APP({
      file,
      reason: `the imported file exports ${names.length === 0 ? 'nothing' : names.join(', ')}: which is the root module?`,
    });
  }
  return root as ModuleRef;
}

function serverOf(app: App, { HTTP_SERVER }: Http): HttpServer {
  try {
    return app.get(HTTP_SERVER);
  } catch (cause) {
    throw CLI_ERRORS.HTTP({}, { cause });
  }
}

function isNamespace(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.prototype.toString.call(value) === '[object Module]';
}

function isClass(value: unknown): boolean {
  return typeof value === 'function' && /^class\b/.test(Function.prototype.toString.call(value));
}
