import { runApp } from '@plinth/core';
import { HTTP_SERVER } from '@plinth/http';
import { AppModule } from './app.module.js';
import { Demo } from './database/demo.js';

const app = await runApp(AppModule);

const url = app.get(HTTP_SERVER).address()?.url;
const { account } = app.get(Demo);
const signIn = account ? `\n  sign in as  ${account.email}, password ${account.password}` : '';
process.stdout.write(`\nConduit\n  API         ${url}/api\n  API docs    ${url}/docs${signIn}\n\n`);
