// Writes log lines to standard output as an application in production does, and ends in the way the first argument names.
import { LOGGER, Module, runApp } from '@plinth/core';

const mode = process.argv[2] ?? '';

@Module()
class Root {}

const app = await runApp(Root, { env: { NODE_ENV: 'production' }, envFile: false });
const log = app.get(LOGGER);
for (let line = 1; line <= 500; line++) log.info({ line }, 'one of many');
if (mode === 'exits at once') process.exit(3);
if (mode === 'breaks')
  setTimeout(() => {
    throw new Error('it broke');
  }, 1);
if (mode === 'stops itself') await app.stop();
