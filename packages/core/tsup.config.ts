import { defineConfig } from 'tsup';
import { buildOf } from '../../tsup.base.js';

export default defineConfig({
  ...buildOf({ index: 'src/index.ts' }),
  // Where types are to be recorded for decorators, tsup lets swc compile first, and then names every closure by a call of
  // Object.defineProperty each time one is made. Our own classes list their dependencies.
  tsconfig: 'tsconfig.build.json',
});
