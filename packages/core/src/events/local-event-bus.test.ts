import { setTimeout as sleep } from 'node:timers/promises';
import { expect, expectTypeOf, test } from 'vitest';
import { createContext, currentContext, runInContext } from '../context/request-context.js';
import { createLogs } from '../logging/create-logs.js';
import { systemClock } from '../time/clock.js';
import { defineEvent, type PayloadOf } from './define-event.js';
import { LocalEventBus } from './local-event-bus.js';
import { listenWith, On } from './on.js';

const PLACED = defineEvent<{ id: string }>('order.placed');
const SHIPPED = defineEvent('order.shipped');

function start() {
  const lines: Record<string, unknown>[] = [];
  const logs = createLogs({ destination: { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) } });
  logs.open({ level: { root: 'info', modules: {} }, redact: [], production: true });
  return { bus: new LocalEventBus(() => logs.logger, systemClock), lines };
}

test('listeners run one after another, in their order, sync and async alike [EV-01]', async () => {
  const { bus } = start();
  const calls: string[] = [];
  bus.on(PLACED, async ({ id }) => {
    await sleep(5);
    calls.push(`slow ${id}`);
  });
  bus.on(PLACED, () => calls.push('second'));
  bus.on(PLACED, () => calls.push('first'), { order: -1 });
  await bus.emit(PLACED, { id: '7' });
  expect(calls).toEqual(['first', 'slow 7', 'second']);
});

test('an error in one listener does not lose the others, and all errors are thrown together [EV-01]', async () => {
  const { bus } = start();
  const calls: string[] = [];
  bus.on(PLACED, function stock() {
    throw new Error('no stock');
  });
  bus.on(PLACED, async function mail() {
    throw new Error('no mail');
  });
  bus.on(PLACED, () => calls.push('ran'));
  const error = await bus.emit(PLACED, { id: '7' }).catch((thrown: unknown) => thrown);
  expect(calls).toEqual(['ran']);
  expect(error).toMatchObject({
    code: 'CORE_EVENT_LISTENERS',
    message: '2 of 3 listeners of order.placed failed: stock: no stock; mail: no mail',
  });
  expect((error as Error).cause).toMatchObject({ errors: [{ message: 'no stock' }, { message: 'no mail' }] });
});

test('wildcards hear every event below a prefix, or all, with the name of each [EV-01]', async () => {
  const { bus } = start();
  const heard: string[] = [];
  bus.on('order.*', (_, { name }) => heard.push(`order.* ${name}`));
  bus.on('*', (_, { name }) => heard.push(`* ${name}`));
  bus.on('orders.*', () => heard.push('never'));
  await bus.emit(PLACED, { id: '7' });
  await bus.emit(defineEvent('user.left'));
  expect(heard).toEqual(['order.* order.placed', '* order.placed', '* user.left']);
  expect(bus.listenerCount(PLACED)).toBe(2);
  expect(bus.listenerCount('user.left')).toBe(1);
});

test('published events run in the background, keep the request, and their errors are logged [EV-01]', async () => {
  const { bus, lines } = start();
  const seen: unknown[] = [];
  bus.on(PLACED, async () => {
    await sleep(5);
    seen.push(currentContext()?.id);
  });
  bus.on(PLACED, function mail() {
    throw new Error('no mail');
  });
  runInContext(createContext({ id: 'r1' }), () => bus.publish(PLACED, { id: '7' }));
  expect(seen).toEqual([]);
  await bus.idle();
  expect(seen).toEqual(['r1']);
  expect(lines).toMatchObject([{ level: 'error', event: 'order.placed', listener: 'mail', requestId: 'r1', err: { message: 'no mail' } }]);
});

test('a queued listener is not waited for by emit, its error is logged, and idle waits for it [EV-01]', async () => {
  const { bus, lines } = start();
  let done = false;
  bus.on(
    PLACED,
    async function report() {
      await sleep(10);
      done = true;
      throw new Error('late');
    },
    { queued: true },
  );
  await bus.emit(PLACED, { id: '7' });
  expect(done).toBe(false);
  await bus.idle();
  expect(done).toBe(true);
  expect(lines).toMatchObject([{ listener: 'report' }]);
});

test('idle waits for what listeners publish in turn', async () => {
  const { bus } = start();
  const calls: string[] = [];
  bus.on(PLACED, async () => {
    await sleep(2);
    bus.publish(SHIPPED);
  });
  bus.on(SHIPPED, async () => {
    await sleep(2);
    calls.push('shipped');
  });
  bus.publish(PLACED, { id: '7' });
  await bus.idle();
  expect(calls).toEqual(['shipped']);
});

test('after the close nothing can be published', () => {
  const { bus } = start();
  bus.close();
  expect(() => bus.publish(SHIPPED)).toThrow(expect.objectContaining({ code: 'CORE_EVENT_CLOSED' }));
});

test('a listener ends when its function is called, or after one event', async () => {
  const { bus } = start();
  let calls = 0;
  const end = bus.on(PLACED, () => calls++);
  bus.on(PLACED, () => calls++, { once: true });
  await Promise.all([bus.emit(PLACED, { id: '1' }), bus.emit(PLACED, { id: '2' })]);
  expect(calls).toBe(3);
  end();
  end();
  await bus.emit(PLACED, { id: '3' });
  expect(calls).toBe(3);
});

test('the next occurrence can be awaited, until a signal aborts', async () => {
  const { bus } = start();
  const next = bus.next(PLACED);
  await bus.emit(PLACED, { id: '7' });
  expect(await next).toEqual({ id: '7' });
  const controller = new AbortController();
  const never = bus.next(PLACED, { signal: controller.signal });
  controller.abort(new Error('enough'));
  await expect(never).rejects.toThrow('enough');
  expect(bus.listenerCount(PLACED)).toBe(0);
});

test('methods marked with @On listen, those of base classes too, under their names', async () => {
  const { bus } = start();
  const calls: string[] = [];
  class Base {
    @On(PLACED) protected confirm(order: { id: string }): void {
      calls.push(`confirm ${order.id}`);
    }
  }
  class Mails extends Base {
    @On('order.*', { order: -1 }) async watch(): Promise<void> {
      calls.push('watch');
    }
    @On(SHIPPED) fail(): void {
      throw new Error('x');
    }
  }
  const end = listenWith(bus, new Mails());
  await bus.emit(PLACED, { id: '7' });
  expect(calls).toEqual(['watch', 'confirm 7']);
  await expect(bus.emit(SHIPPED)).rejects.toThrow('1 of 2 listeners of order.shipped failed: Mails.fail: x');
  end();
  expect(bus.listenerCount(PLACED)).toBe(0);
});

test('names and payloads are checked', () => {
  expect(() => defineEvent('order placed')).toThrow(expect.objectContaining({ code: 'CORE_EVENT_NAME' }));
  expect(() => start().bus.on('a.*.b', () => undefined)).toThrow(expect.objectContaining({ code: 'CORE_EVENT_NAME' }));
  expectTypeOf<PayloadOf<typeof PLACED>>().toEqualTypeOf<{ id: string }>();
  const check = async (bus: LocalEventBus): Promise<void> => {
    // @ts-expect-error the payload is missing
    await bus.emit(PLACED);
    // @ts-expect-error the payload has another type
    bus.publish(PLACED, { id: 7 });
    // @ts-expect-error the listener takes another payload
    bus.on(PLACED, (order: { total: number }) => order);
    class Wrong {
      // @ts-expect-error the method takes another payload
      @On(PLACED) take(order: { total: number }): void {
        void order;
      }
    }
    void Wrong;
  };
  expect(check).toBeTypeOf('function');
});

test('what runs in the background is not ended by the end of the request that caused it', async () => {
  const { bus } = start();
  const seen: unknown[] = [];
  const note = (name: string) => () => void seen.push([name, currentContext()?.id, currentContext()?.signal?.aborted ?? false]);
  bus.on(PLACED, note('in turn'));
  bus.on(PLACED, note('queued'), { queued: true });
  await runInContext(createContext({ id: 'r', signal: AbortSignal.abort() }), async () => {
    await bus.emit(PLACED, { id: '7' });
    await bus.idle();
    bus.publish(PLACED, { id: '8' });
    await bus.idle();
  });
  expect(seen).toEqual([
    ['in turn', 'r', true],
    ['queued', 'r', false],
    ['in turn', 'r', false],
    ['queued', 'r', false],
  ]);
});
