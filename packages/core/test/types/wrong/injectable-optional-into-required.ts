import { Injectable, optionalDep } from '@plinth/core';

class Orders {
  list(): string[] {
    return [];
  }
}

@Injectable({ deps: [optionalDep(Orders)] }) // wrong: `"deps[0] gives", Orders | undefined, "but constructor parameter 0 takes", Orders`
export class Billing {
  constructor(readonly orders: Orders) {}
}
