import { runApp } from '@plinth/core';
import { HTTP_SERVER } from '@plinth/http';
import { AppModule } from './app.module.js';
import { CONDUIT_CONFIG, DEMO } from './conduit.config.js';

const app = await runApp(AppModule);

const url = app.get(HTTP_SERVER).address()?.url;
const account = app.get(CONDUIT_CONFIG).demo ? `\n  sign in as  ${DEMO.email}, password ${DEMO.password}` : '';
process.stdout.write(`\nConduit\n  API         ${url}/api\n  API docs    ${url}/docs${account}\n\n`);
