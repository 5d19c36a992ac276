import { defineConfig } from 'tsup';
import { buildOf } from '../../tsup.base.js';

export default defineConfig(
  buildOf({
    index: 'src/index.ts',
    'redis/index': 'src/redis/index.ts',
    'testing/index': 'src/testing/index.ts',
  }),
);
