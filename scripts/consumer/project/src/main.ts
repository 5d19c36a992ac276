import { runApp } from '@plinth/core';
import { AppModule } from './app.module.js';

await runApp(AppModule);
