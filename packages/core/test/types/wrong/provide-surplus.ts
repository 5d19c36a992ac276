import { provide } from '@plinth/core';

class Orders {
  list(): string[] {
    return [];
  }
}
class Billing {
  constructor(readonly orders: Orders) {}
}

export const provider = provide(Billing, { deps: [Orders, Orders] }); // wrong: `"deps[1] gives", Orders, "but the constructor takes only 1"`
