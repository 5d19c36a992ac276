import { cpSync } from 'node:fs';
import { defineConfig } from 'tsup';
import { buildOf } from '../../tsup.base.js';

export default defineConfig({
  ...buildOf({
    index: 'src/index.ts',
    'accounts/index': 'src/accounts/index.ts',
    'passkeys/index': 'src/passkeys/index.ts',
    'oidc/index': 'src/oidc/index.ts',
    'adapters/data/index': 'src/adapters/data/index.ts',
    'adapters/redis/index': 'src/adapters/redis/index.ts',
    'testing/index': 'src/testing/index.ts',
  }),
  // The common passwords and their licence: see src/password/common-passwords.ts.
  onSuccess: async () => cpSync('src/password/assets', 'dist/assets', { recursive: true }),
});
