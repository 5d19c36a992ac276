import { Injectable, token } from '@plinth/core';

interface Clock {
  now(): number;
}
const CLOCK = token<Clock>('CLOCK');
class Orders {
  list(): string[] {
    return [];
  }
}

@Injectable({ deps: [CLOCK, Orders] }) // wrong: `"deps[0] gives", Clock, "but constructor parameter 0 takes", Orders`
export class Billing {
  constructor(
    readonly orders: Orders,
    readonly clock: Clock,
  ) {}
}
