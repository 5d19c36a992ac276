import type { Options } from 'tsup';

/** The build of every package: ESM only, one shared chunk folder, dependencies left to the package manager. Types come from `tsc -b`. */
export function buildOf(entry: Record<string, string>): Options {
  return {
    entry,
    format: ['esm'],
    target: 'node22',
    platform: 'node',
    splitting: true,
    sourcemap: true,
    clean: false,
    dts: false,
    treeshake: false,
  };
}
