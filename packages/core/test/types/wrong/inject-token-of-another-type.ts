import { Inject, Injectable, token } from '@plinth/core';

interface Clock {
  now(): number;
}
const TEXT = token<string>('TEXT');

@Injectable()
export class Billing {
  constructor(
    @Inject(TEXT) readonly clock: Clock, // wrong: `"@Inject gives", string, "but constructor parameter 0 takes", Clock`
  ) {}
}
