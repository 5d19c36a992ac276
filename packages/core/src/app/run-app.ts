import type { ModuleRef } from '../module/module.js';
import type { AppOptions } from './app-options.js';
import type { App } from './app.js';
import { boot } from './boot.js';
import { LiveApp } from './live-app.js';
import { ProcessWatch } from './process-watch.js';

/**
 * Runs an application as this process: builds it, starts it, and stops it on SIGTERM and SIGINT with exit code 0. A `BootError` is
 * printed to standard error, and so is a start that failed with an error that has a code; of other failures there is a log line with the
 * stack. These, an uncaught exception and an unhandled rejection end the process with exit code 1, the started parts stopped in order. Use it once per process; for more applications, use `createApp`.
 *
 * @example
 * await runApp(ShopModule);
 */
export async function runApp(root: ModuleRef, options: AppOptions = {}): Promise<App> {
  const begun = performance.now();
  const watch = new ProcessWatch();
  let app: LiveApp;
  try {
    app = new LiveApp(await boot(root, options), options);
  } catch (error) {
    return watch.refuse(error);
  }
  watch.follow(app);
  if (watch.ending) return app;
  try {
    await app.start();
  } catch (error) {
    if (!watch.ending) await watch.failStart(error);
    return app;
  }
  const { modules, providers } = app.describe();
  app.logger.info(
    { modules: modules.length, providers: providers.length, ms: Math.round(performance.now() - begun) },
    'application started',
  );
  return app;
}
