import {
  AppError,
  createApp,
  Module,
  provide,
  provideFactory,
  provideValue,
  type App,
  type AppOptions,
  type ModuleRef,
  type Provider,
} from '@plinth/core';
import { expect, onTestFinished, test } from 'vitest';
import { bootApp, bootProblems, recordLines, type Lines } from './_boot.js';

const pause = (ms = 1): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

type Hooks = Readonly<Record<string, (signal?: string) => unknown>>;

/** A provider whose hooks write their names into a log, and do more if `hooks` says so. */
function recorded(log: string[], name: string, deps: readonly string[] = [], hooks: Hooks = {}): Provider {
  return provideFactory(name, {
    deps,
    create: () => {
      const instance: Record<PropertyKey, unknown> = { name };
      for (const hook of ['onBoot', 'onStart', 'onListen', 'onDrain', 'onStop']) {
        instance[hook] = async (argument: unknown) => {
          await pause();
          log.push(`${name}.${hook}${typeof argument === 'string' ? ` ${argument}` : ''}`);
          await hooks[hook]?.();
        };
      }
      instance[Symbol.asyncDispose] = async () => {
        await pause();
        log.push(`${name}.dispose`);
        await hooks['dispose']?.();
      };
      return instance;
    },
  });
}

function rootOf(...providers: readonly Provider[]): ModuleRef {
  @Module({ providers })
  class Root {}
  return Root;
}

async function startApp(root: ModuleRef, options: AppOptions = {}): Promise<App> {
  const app = await bootApp(root, options);
  await app.start();
  return app;
}

const caught = async (work: Promise<unknown>): Promise<AppError> => {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof AppError) return error;
  throw new Error(`Expected an AppError, got ${String(error)}`);
};

const messagesOf = (lines: Lines): readonly (string | undefined)[] =>
  lines.all.filter((line) => line.err !== undefined).map((line) => line.msg);

test('the hooks of an application run in this order: boot, start, listen; drain, stop, dispose [LC-01]', async () => {
  const log: string[] = [];
  const app = await bootApp(rootOf(recorded(log, 'a')));
  expect(log).toEqual(['a.onBoot']);
  await app.start();
  expect(log).toEqual(['a.onBoot', 'a.onStart', 'a.onListen']);
  expect(app.state).toBe('running');
  await app.stop();
  expect(log).toEqual(['a.onBoot', 'a.onStart', 'a.onListen', 'a.onDrain', 'a.onStop', 'a.dispose']);
  expect(app.state).toBe('stopped');
});

test('hooks start with what others depend on, imports first, and stop in reverse [LC-02]', async () => {
  const log: string[] = [];
  @Module({ providers: [recorded(log, 'imported')] })
  class Imported {}
  @Module({ imports: [Imported], providers: [recorded(log, 'top', ['base']), recorded(log, 'base')] })
  class Root {}
  const app = await startApp(Root);
  await app.stop();
  const only = (hook: string): string[] => log.filter((line) => line.endsWith(hook)).map((line) => line.split('.')[0]!);
  expect(only('.onStart')).toEqual(['imported', 'base', 'top']);
  expect(only('.onListen')).toEqual(['imported', 'base', 'top']);
  expect(only('.onDrain')).toEqual(['top', 'base', 'imported']);
  expect(only('.onStop')).toEqual(['top', 'base', 'imported']);
  expect(only('.dispose')).toEqual(['top', 'base', 'imported']);
  expect(log.lastIndexOf('top.onStart')).toBeLessThan(log.indexOf('imported.onListen'));
  expect(log.lastIndexOf('imported.onDrain')).toBeLessThan(log.indexOf('top.onStop'));
});

test('a failing start hook rejects the start with its name and cause, and stops exactly what had started [LC-03]', async () => {
  const log: string[] = [];
  const cause = new Error('port in use');
  const fails = {
    onStart: () => {
      throw cause;
    },
  };
  const app = await bootApp(rootOf(recorded(log, 'a'), recorded(log, 'b', ['a'], fails), recorded(log, 'c', ['b'])));
  const error = await caught(app.start());

  expect(error).toMatchObject({ code: 'CORE_APP_START_FAILED', message: "'b'.onStart (Root) failed: port in use", cause });
  expect(log.slice(3)).toEqual(['a.onStart', 'b.onStart', 'a.onDrain', 'a.onStop', 'c.dispose', 'b.dispose', 'a.dispose']);
  expect(app.state).toBe('stopped');
});

test('a failing listen hook is reported, and everything is stopped [LC-03] [LC-10]', async () => {
  const log: string[] = [];
  const app = await bootApp(
    rootOf(recorded(log, 'a'), recorded(log, 'b', [], { onListen: () => Promise.reject(new Error('EADDRINUSE')) })),
  );
  const error = await caught(app.start());
  expect(error.message).toBe("'b'.onListen (Root) failed: EADDRINUSE");
  expect(log.filter((line) => line.endsWith('.onStop'))).toEqual(['b.onStop', 'a.onStop']);
});

test('listen hooks run after every start hook, and start resolves after them [LC-10]', async () => {
  const log: string[] = [];
  const app = await bootApp(rootOf(recorded(log, 'a', [], { onListen: () => pause(10) }), recorded(log, 'b')));
  await app.start().then(() => log.push('started'));
  expect(log.slice(2)).toEqual(['a.onStart', 'b.onStart', 'a.onListen', 'b.onListen', 'started']);
});

test('failing stop hooks and disposals do not keep the others from running; they are logged, and reported together [LC-04]', async () => {
  const log: string[] = [];
  const lines = recordLines();
  const boom = (text: string) => () => {
    throw new Error(text);
  };
  const app = await startApp(
    rootOf(
      recorded(log, 'a', [], { onStop: boom('a stops badly') }),
      recorded(log, 'b', [], { onDrain: boom('b drains badly'), dispose: boom('b goes badly') }),
      recorded(log, 'c'),
    ),
    { logger: lines },
  );
  log.length = 0;
  const error = await caught(app.stop());

  expect(log).toEqual(['c.onDrain', 'b.onDrain', 'a.onDrain', 'c.onStop', 'b.onStop', 'a.onStop', 'c.dispose', 'b.dispose', 'a.dispose']);
  expect(error.code).toBe('CORE_APP_STOP_FAILED');
  expect(error.message).toContain('3 failure(s)');
  expect((error.cause as AggregateError).errors.map((one: Error) => one.message)).toEqual([
    'b drains badly',
    'a stops badly',
    'b goes badly',
  ]);
  expect(messagesOf(lines)).toEqual([
    "'b'.onDrain (Root) failed while stopping",
    "'a'.onStop (Root) failed while stopping",
    "'b'.dispose (Root) failed while stopping",
  ]);
});

test('drain and stop hooks get the name of the signal [LC-05]', async () => {
  const log: string[] = [];
  const app = await startApp(rootOf(recorded(log, 'a')));
  await app.stop('SIGTERM');
  expect(log).toContain('a.onDrain SIGTERM');
  expect(log).toContain('a.onStop SIGTERM');
});

test('stopping twice, or while stopping, runs the hooks once, for everybody [LC-06]', async () => {
  const log: string[] = [];
  const app = await startApp(rootOf(recorded(log, 'a')));
  const first = app.stop();
  const second = app.stop('SIGINT');
  await Promise.all([first, second]);
  await app.stop();
  expect(log.filter((line) => /onDrain|onStop|dispose/.test(line))).toEqual(['a.onDrain', 'a.onStop', 'a.dispose']);
});

test('stopping without a start releases what was made, and calls no stop hook [LC-07]', async () => {
  const log: string[] = [];
  const app = await bootApp(rootOf(recorded(log, 'a')));
  await app.stop();
  expect(log).toEqual(['a.onBoot', 'a.dispose']);
  expect(await caught(app.start())).toMatchObject({ code: 'CORE_APP_START_STATE' });
});

test('stopping during the start ends it at the next hook, and stops what had started [LC-07]', async () => {
  const log: string[] = [];
  const app = await bootApp(rootOf(recorded(log, 'a', [], { onStart: () => pause(10) }), recorded(log, 'b')));
  const start = caught(app.start());
  await pause(5);
  await app.stop();
  expect(await start).toMatchObject({ code: 'CORE_APP_START_STOPPED' });
  expect(log.slice(2)).toEqual(['a.onStart', 'b.dispose', 'a.dispose']);
  expect(app.state).toBe('stopped');
});

test('an application starts once', async () => {
  const app = await startApp(rootOf());
  expect(await caught(app.start())).toMatchObject({
    code: 'CORE_APP_START_STATE',
    message: 'The application cannot be started: it is running.',
  });
});

test('a drain that hangs is left behind when its share of the time is over, and the stop goes on [LC-09]', async () => {
  const log: string[] = [];
  const app = await startApp(rootOf(recorded(log, 'a'), recorded(log, 'b', [], { onDrain: () => new Promise(() => {}) })), {
    stopTimeout: 60,
  });
  log.length = 0;
  const begun = performance.now();
  const error = await caught(app.stop());
  expect(performance.now() - begun).toBeLessThan(1_000);
  expect(log).toEqual(['b.onDrain', 'a.onDrain', 'b.onStop', 'a.onStop', 'b.dispose', 'a.dispose']);
  expect(error.message).toContain("'b'.onDrain (Root) was still running when its share of the stop (40 ms) was over");
});

test('a stop or disposal that hangs is named and left behind [LC-09]', async () => {
  const hang = (): Promise<never> => new Promise(() => {});
  const app = await startApp(rootOf(recorded([], 'a', [], { onStop: hang, dispose: hang }), recorded([], 'b')), { stopTimeout: 40 });
  const error = await caught(app.stop());
  expect(error.message).toContain("'a'.onStop (Root) was still running");
  expect(error.message).toContain("'a'.dispose (Root) was still running");
});

test('a start hook that hangs is named when the time is over', async () => {
  const log: string[] = [];
  const app = await bootApp(rootOf(recorded(log, 'a'), recorded(log, 'slow', [], { onStart: () => new Promise(() => {}) })), {
    startTimeout: 200,
  });
  const error = await caught(app.start());
  expect(error).toMatchObject({ code: 'CORE_APP_START_TIMEOUT' });
  expect(error.message).toContain("took longer than 200 ms to start; 'slow'.onStart (Root) was still running");
  expect(log).toContain('a.onStop');
});

test('instances are disposed in reverse order of creation, once, also asynchronous ones [DI-20]', async () => {
  const log: string[] = [];
  class Disk {
    [Symbol.dispose](): void {
      log.push('disk');
    }
  }
  class Cache {
    constructor(readonly disk: Disk) {}
    async [Symbol.asyncDispose](): Promise<void> {
      await pause();
      log.push('cache');
    }
    [Symbol.dispose](): void {
      log.push('wrong one');
    }
  }
  const shared = { [Symbol.dispose]: () => log.push('shared') };
  @Module({
    providers: [
      provide(Cache, { deps: [Disk] }),
      Disk,
      provideFactory('pool', {
        deps: [Cache],
        create: async () => ({ [Symbol.dispose]: () => log.push('wrong one') }),
        dispose: async () => {
          await pause();
          log.push('pool');
        },
      }),
      provideFactory('one', { create: () => shared }),
      provideFactory('two', { create: () => shared }),
      provideValue('not ours', { [Symbol.dispose]: () => log.push('not ours'), onStop: () => log.push('not ours') }),
    ],
  })
  class Root {}
  const app = await startApp(Root);
  await app.stop();
  // The pool is asynchronous, so it was made last.
  expect(log).toEqual(['pool', 'shared', 'cache', 'disk']);
});

test('an application is released by `await using` [LC-14]', async () => {
  const log: string[] = [];
  {
    await using app = await createApp(rootOf(recorded(log, 'a')), { env: {}, envFile: false, logger: recordLines() });
    await app.start();
  }
  expect(log.slice(-3)).toEqual(['a.onDrain', 'a.onStop', 'a.dispose']);
});

test('an application without HTTP has the same life [LC-11]', async () => {
  const log: string[] = [];
  class Worker {
    #timer: NodeJS.Timeout | undefined;
    onStart(): void {
      this.#timer = setInterval(() => log.push('tick'), 2);
    }
    onDrain(): void {
      clearInterval(this.#timer);
      log.push('drained');
    }
  }
  const app = await startApp(rootOf(Worker));
  await pause(20);
  await app.stop();
  const ticks = log.length;
  await pause(10);
  expect(log).toContain('tick');
  expect(log.at(-1)).toBe('drained');
  expect(log.length).toBe(ticks);
});

test('what boot hooks find is reported together, and what they throw too; nothing is left behind', async () => {
  const log: string[] = [];
  class First {
    onBoot(): readonly object[] {
      return [{ code: 'SHOP_CLOSED', message: 'The shop is closed.' }];
    }
  }
  class Second {
    async onBoot(): Promise<void> {
      await pause();
      throw new Error('cannot look');
    }
  }
  const problems = await bootProblems(rootOf(recorded(log, 'a'), First, Second));
  expect(problems).toEqual([
    { code: 'SHOP_CLOSED', message: 'The shop is closed.' },
    expect.objectContaining({ code: 'CORE_BOOT_HOOK_FAILED', message: 'Second.onBoot (Root) failed: cannot look' }),
  ]);
  expect(log).toEqual(['a.onBoot', 'a.dispose']);
});

test('hooks of one instance that several factories give run once', async () => {
  let starts = 0;
  const shared = { onStart: () => void starts++ };
  await startApp(rootOf(provideFactory('one', { create: () => shared }), provideFactory('two', { create: () => shared })));
  expect(starts).toBe(1);
});

test('what an asynchronous factory gives after a refused boot is released', async () => {
  let released = false;
  const late = provideFactory('late', {
    create: async () => {
      await pause(40);
      return {};
    },
    dispose: () => void (released = true),
  });
  await bootProblems(rootOf(late), { startTimeout: 10 });
  onTestFinished(() => expect(released).toBe(true));
  await pause(60);
});
