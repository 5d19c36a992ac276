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

@Injectable({ deps: [Orders, CLOCK] }) // wrong: `"deps[1] gives", Clock, "but the constructor takes only 1"`
export class Billing {
  constructor(readonly orders: Orders) {}
}
