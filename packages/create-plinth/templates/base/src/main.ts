import { runApp } from '@plinth/core';
import { AppModule } from './app.module.ts';

await runApp(AppModule);
