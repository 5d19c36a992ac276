import { runApp } from '@plinth/core';
import { HTTP_SERVER } from '@plinth/http';
import { DEMO } from './accounts.config.js';
import { AppModule } from './app.module.js';
import { Demo } from './database/demo.js';
import { develop } from './development/develop.js';

const url = await develop();
const app = await runApp(AppModule);

const at = url ?? app.get(HTTP_SERVER).address()?.url;
const accounts = Object.values(DEMO).map(({ email, password }) => `\n  sign in as  ${email}, password: ${password}`);
process.stdout.write(`\nFolio\n  page        ${at}${app.get(Demo).there ? accounts.join('') : ''}\n\n`);
