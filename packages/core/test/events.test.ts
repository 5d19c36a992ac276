import { setTimeout as sleep } from 'node:timers/promises';
import { defineEvent, EVENTS, Injectable, Module, On, type EventBus, type EventInfo } from '@plinth/core';
import { expect, test } from 'vitest';
import { bootApp, bootProblems, recordLines } from './_boot.js';

const PLACED = defineEvent<{ id: string }>('order.placed');

@Injectable({ deps: [EVENTS] })
class Orders {
  constructor(readonly events: EventBus) {}
  place(id: string): Promise<void> {
    return this.events.emit(PLACED, { id });
  }
}

@Injectable()
class Mails {
  readonly sent: string[] = [];
  stopped = false;

  @On(PLACED)
  async confirm(order: { id: string }): Promise<void> {
    await sleep(1);
    this.sent.push(`confirm ${order.id}`);
  }

  @On('order.*', { queued: true })
  async audit(_: unknown, { name }: EventInfo): Promise<void> {
    await sleep(20);
    this.sent.push(`audit ${name}${this.stopped ? ' too late' : ''}`);
  }

  onStop(): void {
    this.stopped = true;
  }
}

@Module({ providers: [Orders, Mails] })
class Shop {}

test('methods marked with @On hear the events that another provider emits [EV-01]', async () => {
  const app = await bootApp(Shop);
  await app.get(Orders).place('7');
  expect(app.get(Mails).sent).toEqual(['confirm 7']);
});

test('a stop waits for queued listeners, before anything they use is stopped [EV-01]', async () => {
  const app = await bootApp(Shop);
  await app.start();
  const mails = app.get(Mails);
  await app.get(Orders).place('7');
  await app.stop();
  expect(mails.sent).toEqual(['confirm 7', 'audit order.placed']);
});

test('a background listener that fails is logged, and the stop succeeds', async () => {
  @Injectable()
  class Broken {
    @On(PLACED, { queued: true }) fail(): void {
      throw new Error('no paper');
    }
  }
  @Module({ providers: [Orders, Broken] })
  class Root {}
  const lines = recordLines();
  const app = await bootApp(Root, { logger: lines });
  await app.start();
  await app.get(Orders).place('7');
  await app.stop();
  expect(lines.all.filter(({ level }) => level === 'error')).toMatchObject([
    { module: 'events', event: 'order.placed', listener: 'Broken.fail', err: { message: 'no paper' } },
  ]);
});

test('a pattern that is no pattern is a problem of the boot', async () => {
  class Odd {
    @On('order.*.x') hear(): void {}
  }
  @Module({ providers: [Odd] })
  class Root {}
  expect(await bootProblems(Root)).toMatchObject([{ code: 'CORE_EVENT_NAME', where: '@On in Odd' }]);
});
