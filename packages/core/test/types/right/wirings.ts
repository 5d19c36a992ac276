import {
  allOf,
  createApp,
  Inject,
  Injectable,
  Module,
  optionalDep,
  Optional,
  provide,
  provideAlias,
  provideClass,
  provideFactory,
  provideValue,
  token,
  type App,
  type Token,
} from '@plinth/core';

interface Clock {
  now(): number;
}
interface PreciseClock extends Clock {
  nanos(): bigint;
}
const CLOCK = token<Clock>('CLOCK');
const PRECISE = token<PreciseClock>('PRECISE');
const NAMES = token<string>('NAMES');
const tagged: Token<Clock> = PRECISE;

abstract class Port {
  abstract send(text: string): void;
}
class Orders {
  list(): string[] {
    return [];
  }
}
class Repository<T> {
  constructor(readonly rows: readonly T[] = []) {}
}
class Fax extends Port {
  constructor(readonly clock: Clock) {
    super();
  }
  send(): void {}
}

@Injectable({ deps: [Orders, PRECISE, Port, optionalDep(Orders), allOf(NAMES), 'plain', Symbol.for('plain'), Repository] })
export class Everything {
  constructor(
    readonly orders: Orders,
    readonly clock: Clock,
    readonly port: Port,
    readonly maybe: Orders | undefined,
    readonly names: readonly string[],
    readonly plain: Date,
    readonly symbol: RegExp,
    readonly repository: Repository<string>,
    readonly trailing?: number,
    readonly defaulted = 3,
  ) {}
}

@Injectable({ deps: [] })
export class Nothing {}

@Injectable({ deps: [Orders], scope: 'request' })
export class WithRest {
  constructor(
    readonly first: Orders,
    ...rest: string[]
  ) {
    void rest;
  }
}

@Injectable()
export abstract class Recorded {
  constructor(
    readonly orders: Orders,
    @Inject(PRECISE) readonly clock: Clock,
    @Inject('plain') readonly plain: Date,
    @Inject(optionalDep(CLOCK)) readonly maybe?: Clock,
    @Optional() readonly more?: Orders,
    @Inject(allOf(NAMES)) readonly names: readonly string[] = [],
  ) {}
}

export const providers = [
  Orders,
  provide(Fax, { deps: [CLOCK] }),
  provide(Fax, { deps: [PRECISE], scope: 'request', many: true }),
  provide(Fax, { replace: [[CLOCK, PRECISE]] }),
  provide(Orders),
  provide(Orders, { scope: 'request' }),
  provideClass(Port, Fax, { deps: [CLOCK] }),
  provideClass('plain', Orders),
  provideValue(CLOCK, { now: () => 1 }),
  provideValue('plain', new Date()),
  provideValue(NAMES, 'a', { many: true }),
  provideAlias(CLOCK, PRECISE),
  provideFactory(CLOCK, { deps: [Orders, allOf(NAMES)], create: (orders, names) => ({ now: () => orders.list().length + names.length }) }),
  provideFactory(CLOCK, { create: async () => ({ now: () => 1 }), dispose: (clock) => clock.now() }),
  provideFactory('plain', { deps: ['other'], create: (other: Date) => other.getTime() }),
];

@Module({ providers, exports: [Orders, Port, CLOCK, 'plain'] })
export class Root {}

export async function read(app: App): Promise<[Clock, Orders, Port, readonly string[], Clock | undefined]> {
  void tagged;
  await using other = await createApp(Root);
  void other;
  return [app.get(CLOCK), app.get(Orders), app.get(Port), app.get(allOf(NAMES)), app.get(optionalDep(CLOCK))];
}
