import { fileURLToPath } from 'node:url';
import { mergeConfig, type ViteUserConfig } from 'vitest/config';
import workspace from '../../vitest.config.ts';
import { applyMutation } from './defaults/mutation.ts';
import { MUTATIONS } from './defaults/mutations.ts';

// What run-named-tests.ts asks for: the names of the tests to run, and the default that is turned off meanwhile.
const { PLINTH_ASVS_TESTS: names = '', PLINTH_ASVS_DEFAULT: turnedOff } = process.env;
const root = fileURLToPath(new URL('../..', import.meta.url));

export default mergeConfig(workspace, {
  root,
  plugins: turnedOff === undefined ? [] : [turnOff(turnedOff)],
  // The files share one process and its modules: most of the time goes into loading them.
  test: { testNamePattern: new RegExp(names, 's'), isolate: false, maxWorkers: 1, fileParallelism: false },
});

function turnOff(name: string): NonNullable<ViteUserConfig['plugins']>[number] {
  const mutation = MUTATIONS.find((each) => each.name === name);
  if (mutation === undefined) throw new Error(`There is no default "${name}".`);
  const isChanged = (id: string): boolean => id.split('?')[0] === `${root}${mutation.file}`;
  return {
    name: 'turn-off',
    enforce: 'pre',
    // Vitest keeps transformed modules on the disk. The changed one must not be found there by the next run; all others may.
    api: { vitest: { ignoreFsModuleCache: true } },
    configureVitest: ({ defineCacheKeyGenerator }) => defineCacheKeyGenerator(({ id }) => (isChanged(id) ? false : undefined)),
    transform: (source, id) => (isChanged(id) ? { code: applyMutation(mutation, source), map: null } : undefined),
  };
}
