import { allOf, Injectable } from '@plinth/core';

class Orders {
  list(): string[] {
    return [];
  }
}

@Injectable({ deps: [allOf(Orders)] }) // wrong: `"deps[0] gives", readonly Orders[], "but constructor parameter 0 takes", Orders`
export class Billing {
  constructor(readonly orders: Orders) {}
}
