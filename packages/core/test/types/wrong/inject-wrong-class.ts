import { Inject, Injectable } from '@plinth/core';

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

@Injectable()
export class Billing {
  constructor(
    readonly orders: Orders,
    @Inject(Users) readonly more: Orders, // wrong: `"@Inject gives", Users, "but constructor parameter 1 takes", Orders`
  ) {}
}
