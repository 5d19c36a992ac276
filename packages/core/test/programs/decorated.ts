// Wired in the two ways that decorators offer: with listed dependencies, and with those that the compiler recorded.
import { BootError, createApp, Inject, Injectable, Module, token } from '@plinth/core';

interface Clock {
  now(): number;
}
const CLOCK = token<Clock>('CLOCK');

@Injectable()
class Orders {}

@Injectable({ deps: [Orders, CLOCK] })
class Listed {
  orders: Orders;
  clock: Clock;
  constructor(orders: Orders, clock: Clock) {
    this.orders = orders;
    this.clock = clock;
  }
}

@Injectable()
class Recorded {
  orders: Orders;
  clock: Clock;
  constructor(orders: Orders, @Inject(CLOCK) clock: Clock) {
    this.orders = orders;
    this.clock = clock;
  }
}

async function read(type: typeof Listed | typeof Recorded): Promise<string> {
  const { provideValue } = await import('@plinth/core');
  @Module({ providers: [Orders, type, provideValue(CLOCK, { now: () => 7 })] })
  class Root {}
  try {
    const app = await createApp(Root, { env: {}, envFile: false });
    const instance = app.get<Listed | Recorded>(type);
    const text = `${instance.orders === app.get(Orders)} ${instance.clock.now()}`;
    await app.stop();
    return text;
  } catch (error) {
    return error instanceof BootError ? error.problems.map((problem) => problem.code).join() : String(error);
  }
}

console.log(JSON.stringify({ listed: await read(Listed), recorded: await read(Recorded) }));
