// pnpm soak: the long forms of what CI runs briefly: `*.soak.test.ts`, and the property tests with many more cases.
import { runTask } from './bootstrap/run-task.mjs';

process.exitCode = await runTask({ env: { ...process.env, PLINTH_SOAK: '1', PLINTH_SKIP_TYPES: '1' } }, process.execPath, [
  'scripts/test.ts',
  ...process.argv.slice(2),
]);
