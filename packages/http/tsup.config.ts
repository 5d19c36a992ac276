import { defineConfig } from 'tsup';
import { buildOf } from '../../tsup.base.js';

export default defineConfig(
  buildOf({
    index: 'src/index.ts',
    'middleware/index': 'src/middleware/index.ts',
    'multipart/index': 'src/multipart/index.ts',
    'adapters/data/index': 'src/adapters/data/index.ts',
    'idempotency/index': 'src/idempotency/index.ts',
    'adapters/redis/index': 'src/adapters/redis/index.ts',
    'testing/index': 'src/testing/index.ts',
    'sse/index': 'src/sse/index.ts',
    'fetch/index': 'src/fetch/index.ts',
    'metrics/index': 'src/metrics/index.ts',
    'static/index': 'src/static/index.ts',
  }),
);
