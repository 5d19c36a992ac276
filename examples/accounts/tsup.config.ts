import { defineConfig } from 'tsup';
import { buildOf } from '../../tsup.base.js';

export default defineConfig(buildOf({ main: 'src/main.ts', 'make-admin': 'src/make-admin.ts' }));
