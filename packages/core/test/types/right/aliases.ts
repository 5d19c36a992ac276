import { provideAlias, provideClass, token } from '@plinth/core';

interface Clock {
  now(): number;
}
interface PreciseClock extends Clock {
  nanos(): bigint;
}
const CLOCK = token<Clock>('CLOCK');
const PRECISE = token<PreciseClock>('PRECISE');
abstract class Port {
  abstract send(): void;
}
class Fax extends Port {
  send(): void {}
}

export const providers = [
  provideAlias(CLOCK, PRECISE),
  provideAlias(Port, Fax),
  provideAlias('clock', CLOCK),
  provideAlias(CLOCK, 'clock'),
  provideAlias(Symbol.for('port'), Port, { many: true }),
  provideClass(Port, Fax, { deps: [] }),
];
