import { Injectable } from '@plinth/core';

class Orders {
  place(): void {}
}

@Injectable({ deps: [] })
export class Shop {
  constructor(readonly orders: Orders) {}
}
