import { provide, token } from '@plinth/core';

interface Clock {
  now(): number;
}
const CLOCK = token<Clock>('CLOCK');
class Orders {
  list(): string[] {
    return [];
  }
}
class Billing {
  constructor(
    readonly orders: Orders,
    readonly clock: Clock,
  ) {}
}

export const provider = provide(Billing, { deps: [CLOCK, Orders] }); // wrong: `"deps[0] gives", Clock, "but constructor parameter 0 takes", Orders`
