import type { Options } from 'tsup';

type Plugin = NonNullable<Options['plugins']>[number];

const nameHelper = 'var __name = (target, value) => __defProp(target, "name", { value, configurable: true });';

/**
 * esbuild may rename what it bundles, and `keepNames` puts the names back: classes need theirs, for the messages of boot. Functions do
 * not, and for them it would cost a call of `Object.defineProperty` each time a closure is made. Lines stay where they are, and so do
 * the source maps.
 */
const namesOfClassesOnly: Plugin = {
  name: 'names-of-classes-only',
  renderChunk(code) {
    return {
      code: code
        .replace(nameHelper, 'var __name = (target) => target;')
        .replaceAll(/__name\(this, ("[^"]+")\)/g, 'Object.defineProperty(this, "name", { value: $1, configurable: true })'),
    };
  },
};

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
    keepNames: true,
    plugins: [namesOfClassesOnly],
  };
}
