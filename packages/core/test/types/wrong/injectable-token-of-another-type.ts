import { Injectable, token } from '@plinth/core';

interface Clock {
  now(): number;
}
const TEXT = token<string>('TEXT');

@Injectable({ deps: [TEXT] }) // wrong: `"deps[0] gives", string, "but constructor parameter 0 takes", Clock`
export class Billing {
  constructor(readonly clock: Clock) {}
}
