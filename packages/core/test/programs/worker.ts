// A worker whose behaviour is chosen by the first argument; it tells what it does on standard output.
import { defineErrors, Module, provide, provideFactory, runApp, type OnDrain, type OnStart, type OnStop } from '@plinth/core';

const mode = process.argv[2] ?? '';
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const ERRORS = defineErrors('WORKER', { PORT: { kind: 'unavailable', detail: 'Port {port} is taken.', help: 'Set PORT.' } });

class Worker implements OnStart, OnDrain, OnStop {
  #timer: NodeJS.Timeout | undefined;

  async onStart(): Promise<void> {
    if (mode === 'fails to start') throw new Error('no queue');
    if (mode === 'has its port taken') throw ERRORS.PORT({ port: 3000 }, { cause: new Error('listen EADDRINUSE') });
    if (mode === 'starts slowly') {
      say('starting');
      await pause(300);
    }
    this.#timer = setInterval(() => {}, 1_000);
  }

  async onDrain(signal?: string): Promise<void> {
    clearInterval(this.#timer);
    say(`drains ${signal}`);
    if (mode === 'drains slowly') await pause(1_500);
    if (mode === 'drains for ever') await pause(60_000);
  }

  onStop(signal?: string): void {
    say(`stops ${signal}`);
    if (mode === 'stops badly') throw new Error('cannot close');
  }
}

class Missing {}

@Module({
  providers: [
    Worker,
    ...(mode === 'refused'
      ? [
          provide(
            class Billing {
              constructor(
                readonly missing: Missing,
                readonly more: string,
              ) {}
            },
            { deps: [Missing, 'more'] },
          ),
        ]
      : []),
    ...(mode === 'cannot be built'
      ? [
          provideFactory('pool', {
            create: () => {
              throw new TypeError('bad pool');
            },
          }),
        ]
      : []),
    ...(mode === 'builds slowly'
      ? [
          provideFactory('slow', {
            create: async () => {
              say('building');
              await pause(300);
              return 1;
            },
          }),
        ]
      : []),
  ],
})
class Root {}

const before = process.listenerCount('SIGTERM');
const app = await runApp(Root, { envFile: false, logger: { write: (line: string) => void process.stdout.write(line) } });
say(`${app.state} ${process.listenerCount('SIGTERM') - before}`);
if (mode === 'rejects') void Promise.reject(new Error('forgotten'));
if (mode === 'throws')
  setTimeout(() => {
    throw new Error('thrown later');
  }, 1);
if (mode === 'is stopped by a call') {
  await app.stop();
  say(
    `listeners ${process.listenerCount('SIGTERM') - before} ${process.listenerCount('uncaughtException')} ${process.listenerCount('unhandledRejection')}`,
  );
}
