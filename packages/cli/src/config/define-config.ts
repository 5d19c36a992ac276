import type { ModuleRef } from '@plinth/core';

/** What `plinth.config.ts` says of a project. Paths are relative to its file. */
export interface PlinthConfig {
  /**
   * The root module, or a function that gives it, or that imports the file which exports it (as default, as `AppModule`, or alone).
   * A function is called only by commands that need the application.
   */
  readonly app: ModuleRef | (() => ModuleRef | object | Promise<ModuleRef | object>);
  /** The file that `plinth dev` runs. Default `src/main.ts`, or `src/main.js` where there is no other. */
  readonly entry?: string;
  /** The folder that `plinth migrate new` writes to. Default `src/migrations`, or `migrations` where there is no `src`. */
  readonly migrations?: string;
  /** More files that `plinth dev` restarts for, such as templates that are read when the service starts. */
  readonly watch?: readonly string[];
}

/**
 * The configuration of the command line, typed.
 *
 * @example
 * export default defineConfig({ app: () => import('./src/app.module.ts'), entry: 'src/main.ts' });
 */
export function defineConfig(config: PlinthConfig): PlinthConfig {
  return config;
}
