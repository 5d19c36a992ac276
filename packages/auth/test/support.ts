import { createHash } from 'node:crypto';
import { createApp, Module, provide, provideValue, sleepOn, systemClock, type App, type Clock, type ModuleOptions } from '@plinth/core';
import { AuthModule, SESSION_STORE, Sessions, Tokens, type AuthOptions, type SessionStore } from '@plinth/auth';

/** 32 bytes in base64, as `APP_KEY` wants them; each number gives another key. */
export function appKey(number = 1): string {
  return createHash('sha256').update(`key ${number}`).digest('base64');
}

/** A clock that stands still until it is told to move. Its timers are the machine's. */
export class StillClock implements Clock {
  #now: number;
  readonly setTimeout = systemClock.setTimeout;

  constructor(now = Date.UTC(2026, 5, 1, 12)) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  date(): Date {
    return new Date(this.#now);
  }

  monotonic(): number {
    return this.#now;
  }

  sleep(ms: number): Promise<void> {
    return sleepOn(this.setTimeout, ms);
  }

  forward(seconds: number): void {
    this.#now += seconds * 1_000;
  }
}

/** Tokens and sessions are created only where something needs them. */
class NeedsAll {
  constructor(
    readonly tokens: Tokens,
    readonly sessions: Sessions,
  ) {}
}

/** A started application with the auth module; `await using` stops it. */
export async function startAuth(
  options: AuthOptions = {},
  more: { readonly module?: ModuleOptions; readonly env?: Record<string, string>; readonly clock?: Clock } = {},
): Promise<App> {
  const providers = [...(more.module?.providers ?? []), provide(NeedsAll, { deps: [Tokens, Sessions] })];
  @Module({ ...more.module, providers, imports: [AuthModule.with(options), ...(more.module?.imports ?? [])] })
  class Root {}
  const env = { APP_KEY: appKey(), LOG_LEVEL: 'fatal', PORT: '0', ...more.env };
  const app = await createApp(Root, { env, envFile: false, ...(more.clock && { clock: more.clock }) });
  await app.start();
  return app;
}

/** Fifty requests at once with the token of a remembered session after a rest, and what became of them. */
export async function renewalsAtOnce(store: SessionStore): Promise<{ open: number; renewed: number; reread: boolean; sessions: number }> {
  const clock = new StillClock(Date.now());
  await using app = await startAuth({ sessions: { store: provideValue(SESSION_STORE, store) } }, { clock });
  const sessions = app.get(Sessions);
  const { token } = await sessions.create('renewals', { remember: true });
  clock.forward(2 * 86_400);
  const used = await Promise.all(Array.from({ length: 50 }, () => sessions.use(token)));
  const open = used.filter((one) => one.state === 'open');
  const renewed = open.flatMap((one) => one.renewed ?? []);
  const reread = renewed.length === 1 && (await sessions.use(renewed[0]!.token)).state === 'open';
  return { open: open.length, renewed: renewed.length, reread, sessions: (await sessions.list('renewals')).length };
}
