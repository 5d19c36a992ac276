// The run's side of a contender's process.
import { fork } from 'node:child_process';
import { pathToFileURL } from 'node:url';

/** Starts a contender: `{ ask(message), stop() }`. Rejects with what it says when it cannot open its database. */
export async function startContender({ name, database, url, connections, plinth }) {
  const child = fork(new URL('./worker.mjs', import.meta.url), [name, database, url, connections], {
    execArgv: ['--expose-gc'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: {
      ...process.env,
      NODE_ENV: 'production',
      TZ: 'UTC',
      ...(plinth !== undefined && { BENCH_PLINTH_DATA: pathToFileURL(plinth).href }),
    },
  });
  const answers = [];
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.on('message', (message) => answers.shift()(message));
  child.once('exit', (code) => {
    for (const answer of answers.splice(0)) answer({ error: `its process ended with ${code}` });
  });
  const next = () => new Promise((resolve) => answers.push(resolve));
  const ready = await next();
  if (ready.error !== undefined) throw new Error(`${name} on ${database}: ${ready.error}`);
  return {
    async ask(message) {
      if (!child.connected) throw new Error('its process has ended');
      const answered = next();
      child.send(message);
      const { result, error } = await answered;
      if (error !== undefined) throw new Error(error);
      return result;
    },
    async stop() {
      if (child.connected) {
        const answered = next();
        child.send({ ask: 'close' });
        await answered;
        if (child.connected) child.disconnect();
      }
      await ended;
    },
  };
}
