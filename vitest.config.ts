import swc from 'unplugin-swc';
import { defineConfig } from 'vitest/config';

const conditions = ['@plinth/source'];

/** `*.soak.test.ts` run for minutes; `pnpm soak` runs them, and nothing else does. */
const soak = process.env['PLINTH_SOAK'] === '1';

export default defineConfig({
  plugins: [
    swc.vite({
      jsc: {
        target: 'es2023',
        parser: { syntax: 'typescript', decorators: true },
        transform: { legacyDecorator: true, decoratorMetadata: true },
        keepClassNames: true,
      },
    }),
  ],
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['packages/*/{src,test}/**/*.test.ts', 'examples/*/{src,test}/**/*.test.ts', 'scripts/**/*.test.ts', 'docs/**/*.test.ts'].map(
      (pattern) => (soak ? pattern.replace('*.test.ts', '*.soak.test.ts') : pattern),
    ),
    exclude: ['**/node_modules/**', '**/dist/**', ...(soak ? [] : ['**/*.soak.test.ts'])],
    // Most tests wait for a server or a clock: two share a core well.
    maxWorkers: 2,
    testTimeout: soak ? 600_000 : 15_000,
    hookTimeout: 30_000,
  },
});
