import type { App, InventoryEntry, InventoryFact } from '@plinth/core';
import type { HttpServer } from '@plinth/http';
import type { Project } from '../config/load-config.js';
import { buildApp } from './boot-project.js';
import { describeAccess } from './describe-access.js';
import { importFromProject } from './project-packages.js';

/** What the security of an application rests on, as its modules say it, and how many of its routes are open. It is built, not started. */
export async function readInventory(project: Project): Promise<readonly InventoryEntry[]> {
  const { readSecurityInventory } = await importFromProject<typeof import('@plinth/core')>(project.folder, '@plinth/core');
  await using app = await buildApp(project);
  const server = await findServer(app, project.folder);
  return [...readSecurityInventory(app), ...(server ? [routesEntry(server)] : [])];
}

// Workers have no HTTP server, and may not even have the package.
async function findServer(app: App, folder: string): Promise<HttpServer | undefined> {
  try {
    const { HTTP_SERVER } = await importFromProject<typeof import('@plinth/http')>(folder, '@plinth/http');
    return app.get(HTTP_SERVER);
  } catch {
    return undefined;
  }
}

function routesEntry(server: HttpServer): InventoryEntry {
  const routes = [...server.routes(), ...server.misses()].map(({ method, path, guards }) => ({ method, path, ...describeAccess(guards) }));
  const open = routes.filter((route) => route.open).map(({ method, path }) => `${method} ${path}`);
  const facts: Record<string, InventoryFact> = { routes: routes.length, guarded: routes.length - open.length, open: open.length };
  return { section: 'routes', name: 'http server', facts: { ...facts, openRoutes: open.sort() } };
}
