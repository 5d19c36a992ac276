import { defineConfig } from '@plinth/cli';

export default defineConfig({ app: () => import('./src/app.module.ts'), entry: 'src/main.ts', migrations: 'src/database/migrations' });
