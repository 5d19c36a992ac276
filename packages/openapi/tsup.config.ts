import { copyFileSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { defineConfig } from 'tsup';
import { buildOf } from '../../tsup.base.js';

export default defineConfig({
  ...buildOf({
    index: 'src/index.ts',
  }),
  // The docs page is served from our own package: see src/docs/assets.ts.
  onSuccess: async () => {
    const from = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
    mkdirSync('dist/assets', { recursive: true });
    for (const file of ['swagger-ui-bundle.js', 'swagger-ui.css', 'LICENSE', 'NOTICE'])
      copyFileSync(join(from, file), join('dist/assets', file));
  },
});
