import { Injectable } from '@plinth/core';

class Orders {
  list(): string[] {
    return [];
  }
}
class Users {
  find(): number {
    return 1;
  }
}

@Injectable({ deps: [Orders, Users] }) // wrong: `"deps[1] gives", Users, "but constructor parameter 1 takes", Orders`
export class Billing {
  constructor(
    readonly orders: Orders,
    readonly more: Orders,
  ) {}
}
