// No decorators and nothing but types to strip: what Node itself can run.
import { configured, createApp, Module, provide, provideValue, token } from '@plinth/core';

interface Clock {
  now(): number;
}
const CLOCK = token<Clock>('CLOCK');

class Orders {}

class Billing {
  orders: Orders;
  clock: Clock;
  constructor(orders: Orders, clock: Clock) {
    this.orders = orders;
    this.clock = clock;
  }
}

class Shop {}
Module()(Shop);
const shop = configured(Shop, { providers: [Orders, provide(Billing, { deps: [Orders, CLOCK] }), provideValue(CLOCK, { now: () => 7 })] });

const app = await createApp(shop, { env: {}, envFile: false });
const billing = app.get(Billing);
console.log(JSON.stringify({ listed: `${billing.orders === app.get(Orders)} ${billing.clock.now()}` }));
await app.stop();
