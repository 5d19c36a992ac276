// The application of session-guard.mjs in a process of its own; tells its port, and its CPU time when asked.
import { start } from './contenders/session-guard.mjs';

process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send({ cpu: (user + system) / 1e6 });
});
process.on('disconnect', () => process.exit(0));
process.send(await start());
