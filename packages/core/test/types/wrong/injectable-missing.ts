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

@Injectable({ deps: [Orders] }) // wrong: `"deps[1] is missing: constructor parameter 1 takes", Clock`
export class Billing {
  constructor(
    readonly orders: Orders,
    readonly clock: Clock,
  ) {}
}

@Injectable({ deps: [] }) // wrong: `"deps[0] is missing: constructor parameter 0 takes", Clock`
export class Invoices {
  constructor(readonly clock: Clock) {}
}

void CLOCK;
