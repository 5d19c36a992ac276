import type { ModuleRef } from '../module/module.js';
import type { AppOptions } from './app-options.js';
import type { App } from './app.js';
import { boot } from './boot.js';
import { LiveApp } from './live-app.js';

/**
 * Builds an application: scans its modules, reads the configuration, checks the whole graph, creates every app-scoped instance and
 * runs the `onBoot` hooks. Nothing listens yet; call `start`. Throws `BootError` with every problem that was found.
 *
 * @example
 * const app = await createApp(ShopModule);
 * await app.start();
 */
export async function createApp(root: ModuleRef, options: AppOptions = {}): Promise<App> {
  return new LiveApp(await boot(root, options), options);
}
