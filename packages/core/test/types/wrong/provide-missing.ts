import { provide } from '@plinth/core';

class Orders {
  list(): string[] {
    return [];
  }
}
class Billing {
  constructor(
    readonly orders: Orders,
    readonly more: Orders,
  ) {}
}

export const provider = provide(Billing, { deps: [Orders] }); // wrong: `"deps[1] is missing: constructor parameter 1 takes", Orders`
