import {
  createApp,
  Inject,
  Injectable,
  Module,
  Optional,
  optionalDep,
  provide,
  provideAlias,
  provideClass,
  provideFactory,
  provideValue,
  token,
  type Class,
} from '@plinth/core';
import { expect, test } from 'vitest';
import { bootApp, bootProblems, onlyProblem } from './_boot.js';

interface Clock {
  now(): number;
}
const CLOCK = token<Clock>('CLOCK');
const clock: Clock = { now: () => 42 };

class Orders {}

test('a missing provider is named with class, parameter index and name, and module; with the cure [DI-01]', async () => {
  @Injectable({ deps: [Orders, CLOCK] })
  class Billing {
    constructor(
      readonly orders: Orders,
      readonly clock: Clock,
    ) {}
  }
  @Module({ providers: [Orders, Billing] })
  class BillingModule {}

  expect(await onlyProblem(BillingModule)).toEqual({
    code: 'CORE_DI_MISSING',
    message: 'Billing needs CLOCK for constructor parameter 1 (clock), but nothing that BillingModule can see provides it.',
    where: 'Billing (BillingModule), constructor parameter 1 (clock)',
    help: expect.stringContaining('Add provideValue(CLOCK, …) or provideFactory(CLOCK, …) to the providers of BillingModule') as string,
  });
});

test('all missing providers are reported at once [DI-01]', async () => {
  @Injectable({ deps: [Orders, CLOCK] })
  class Billing {
    constructor(
      readonly orders: Orders,
      readonly clock: Clock,
    ) {}
  }
  class Invoices {
    constructor(
      readonly billing: Billing,
      readonly orders: Orders,
    ) {}
  }
  @Module({ providers: [Billing, provide(Invoices, { deps: [Billing, Orders] })] })
  class BillingModule {}

  const problems = await bootProblems(BillingModule);
  expect(problems.map((problem) => problem.where)).toEqual([
    'Billing (BillingModule), constructor parameter 0 (orders)',
    'Billing (BillingModule), constructor parameter 1 (clock)',
    'Invoices (BillingModule), constructor parameter 1 (orders)',
  ]);
});

test('a class gets its class, token, string and symbol dependencies [DI-01] [DI-03]', async () => {
  const SYMBOL = Symbol('limit');
  class Billing {
    constructor(
      readonly orders: Orders,
      readonly clock: Clock,
      readonly currency: string,
      readonly limit: number,
    ) {}
  }
  @Module({
    providers: [
      Orders,
      provide(Billing, { deps: [Orders, CLOCK, 'currency', SYMBOL] }),
      provideValue(CLOCK, clock),
      provideValue('currency', 'EUR'),
      provideValue(SYMBOL, 10),
    ],
  })
  class BillingModule {}

  const billing = (await bootApp(BillingModule)).get(Billing);
  expect(billing).toEqual(new Billing(new Orders(), clock, 'EUR', 10));
  expect(billing.orders).toBeInstanceOf(Orders);
});

test('two classes, and two tokens, of the same name do not collide [DI-03]', async () => {
  const make = (label: string): Class<{ label: string }> & (new () => { label: string }) =>
    class Store {
      readonly label = label;
    };
  const [First, Second] = [make('first'), make('second')];
  const [ONE, TWO] = [token<number>('SAME'), token<number>('SAME')];
  @Module({ providers: [First, Second, provideValue(ONE, 1), provideValue(TWO, 2)] })
  class Root {}

  const app = await bootApp(Root);
  expect([app.get(First).label, app.get(Second).label, app.get(ONE), app.get(TWO)]).toEqual(['first', 'second', 1, 2]);
});

test('asking for another class of the same name says so [DI-03]', async () => {
  const Real = class Store {};
  const Other = class Store {};
  class Shop {
    constructor(readonly store: object) {}
  }
  @Module({ providers: [Real, provide(Shop, { deps: [Other] })] })
  class Root {}

  expect((await onlyProblem(Root)).help).toContain('Root provides another class of the same name');
});

test('values, classes, factories, asynchronous factories and aliases are provided [DI-02]', async () => {
  abstract class Store {
    abstract read(): string;
  }
  class MemoryStore extends Store {
    override read(): string {
      return 'memory';
    }
  }
  const [SUM, LATER, ALIAS] = [token<number>('SUM'), token<number>('LATER'), token<Store>('ALIAS')];
  @Module({
    providers: [
      provideValue(CLOCK, clock),
      provideClass(Store, MemoryStore),
      provideFactory(SUM, { deps: [CLOCK, LATER], create: (time, later) => time.now() + later }),
      provideFactory(LATER, { create: async () => 8 }),
      provideAlias(ALIAS, Store),
    ],
  })
  class Root {}

  const app = await bootApp(Root);
  expect(app.get(SUM)).toBe(50);
  expect(app.get(Store).read()).toBe('memory');
  expect(app.get(ALIAS)).toBe(app.get(Store));
});

test('an absent optional dependency is undefined, and a default parameter value is kept [DI-04]', async () => {
  @Injectable({ deps: [optionalDep(CLOCK), optionalDep('currency')] })
  class Listed {
    constructor(
      readonly clock: Clock | undefined,
      readonly currency: string = 'EUR',
      readonly digits = 2,
    ) {}
  }
  @Injectable()
  class Recorded {
    constructor(
      @Inject(CLOCK) @Optional() readonly clock?: Clock,
      @Inject('currency') readonly currency: string = 'EUR',
      readonly digits: number = 2,
      readonly orders: Orders = new Orders(),
    ) {}
  }
  @Module({ providers: [Listed, Recorded] })
  class Root {}

  const app = await bootApp(Root);
  expect(app.get(Listed)).toMatchObject({ clock: undefined, currency: 'EUR', digits: 2 });
  expect(app.get(Recorded)).toMatchObject({ clock: undefined, currency: 'EUR', digits: 2, orders: new Orders() });
});

test('a present optional dependency is injected [DI-04]', async () => {
  @Injectable({ deps: [optionalDep(CLOCK)] })
  class Listed {
    constructor(readonly clock?: Clock) {}
  }
  @Module({ providers: [Listed, provideValue(CLOCK, clock)] })
  class Root {}
  expect((await bootApp(Root)).get(Listed).clock).toBe(clock);
});

test('a class without a constructor takes the parameters of the class it extends, optional ones too [DI-05]', async () => {
  @Injectable({ deps: [CLOCK, optionalDep(Orders)] })
  class Base {
    constructor(
      readonly clock: Clock,
      readonly orders?: Orders,
    ) {}
  }
  class Middle extends Base {}
  @Injectable()
  class Derived extends Middle {
    readonly own = true;
  }
  @Injectable({ deps: [Orders] })
  class Changed extends Base {
    constructor(readonly mine: Orders) {
      super(clock);
    }
  }
  @Module({ providers: [Derived, Changed, provideValue(CLOCK, clock), Orders] })
  class Root {}

  const app = await bootApp(Root);
  expect(app.get(Derived)).toMatchObject({ clock, own: true });
  expect(app.get(Derived).orders).toBe(app.get(Orders));
  expect(app.get(Changed).mine).toBe(app.get(Orders));
});

test('recorded parameters and an optional mark are inherited [DI-05]', async () => {
  @Injectable()
  class Base {
    constructor(
      @Inject(CLOCK) readonly clock: Clock,
      @Optional() readonly orders?: Orders,
    ) {}
  }
  class Derived extends Base {}
  @Module({ providers: [Derived, provideValue(CLOCK, clock)] })
  class Root {}
  expect((await bootApp(Root)).get(Derived)).toMatchObject({ clock, orders: undefined });
});

test('classes that need each other are refused with the path of the circle [DI-07]', async () => {
  class A {
    constructor(readonly next: object) {}
  }
  class B {
    constructor(readonly next: object) {}
  }
  class C {
    constructor(readonly next: object) {}
  }
  @Module({ providers: [provide(A, { deps: [B] }), provide(B, { deps: [C] }), provide(C, { deps: [A] })] })
  class Root {}

  const problem = await onlyProblem(Root);
  expect(problem.code).toBe('CORE_DI_CYCLE');
  expect(problem.message).toContain('A (Root) → B (Root) → C (Root) → A (Root)');
});

test('every circle is reported, each once [DI-07]', async () => {
  class A {
    constructor(readonly next: object) {}
  }
  class B {
    constructor(readonly next: object) {}
  }
  class C {
    constructor(readonly next: object) {}
  }
  class D {
    constructor(readonly next: object) {}
  }
  @Module({
    providers: [
      provide(A, { deps: [B] }),
      provide(B, { deps: [A] }),
      provide(C, { deps: [D] }),
      provideAlias('d', C),
      provide(D, { deps: ['d'] }),
    ],
  })
  class Root {}
  const problems = await bootProblems(Root);
  expect(problems.map((problem) => problem.message.match(/circle: (.*)\.$/)?.[1])).toEqual([
    'A (Root) → B (Root) → A (Root)',
    "C (Root) → D (Root) → 'd' (Root) → C (Root)",
  ]);
});

test('a class that depends on itself is refused with a sentence [DI-09]', async () => {
  class Node {
    constructor(readonly parent: object) {}
  }
  @Module({ providers: [provide(Node, { deps: [Node] })] })
  class Root {}

  const problem = await onlyProblem(Root);
  expect(problem.code).toBe('CORE_DI_SELF');
  expect(problem.message).toBe('Node depends on itself: constructor parameter 0 (parent) asks for Node.');
});

test('an instance is made once per application, and an asynchronous factory is awaited once for all who need it [DI-10]', async () => {
  let made = 0;
  const POOL = token<object>('POOL');
  class First {
    constructor(readonly pool: object) {}
  }
  class Second {
    constructor(readonly pool: object) {}
  }
  @Module({
    providers: [
      provide(First, { deps: [POOL] }),
      provide(Second, { deps: [POOL] }),
      provideFactory(POOL, {
        create: async () => {
          made++;
          await new Promise((resolve) => setTimeout(resolve, 5));
          return { pool: made };
        },
      }),
    ],
  })
  class Root {}

  const app = await bootApp(Root);
  expect(made).toBe(1);
  expect(app.get(First).pool).toBe(app.get(Second).pool);
  expect((await createApp(Root, { env: {}, envFile: false })).get(POOL)).not.toBe(app.get(POOL));
});

test('asynchronous factories that do not need each other run at the same time [DI-10]', async () => {
  const log: string[] = [];
  const slow = (name: string, ms: number) => async (): Promise<string> => {
    log.push(`${name} begins`);
    await new Promise((resolve) => setTimeout(resolve, ms));
    log.push(`${name} ends`);
    return name;
  };
  @Module({
    providers: [
      provideFactory('a', { create: slow('a', 30) }),
      provideFactory('b', { create: slow('b', 10) }),
      provideFactory('c', { deps: ['a'], create: slow('c', 1) }),
    ],
  })
  class Root {}
  await bootApp(Root);
  expect(log).toEqual(['a begins', 'b begins', 'b ends', 'a ends', 'c begins', 'c ends']);
});

test('a class whose parameters nothing tells is refused, with the cure [DI-23]', async () => {
  class Plain {
    constructor(
      readonly clock: Clock,
      readonly orders: Orders,
    ) {}
  }
  @Module({ providers: [Plain] })
  class Root {}

  const problems = await bootProblems(Root);
  expect(problems.map((problem) => problem.code)).toEqual(['CORE_DI_NO_METADATA', 'CORE_DI_NO_METADATA']);
  expect(problems[1]).toMatchObject({
    message:
      'Nothing says what constructor parameter 1 (orders) of Plain is to be given: Plain lists no deps, and the compiler recorded no types for it.',
    help: expect.stringContaining('provide(Plain, { deps: [...] })') as string,
  });
});

test('recorded types are used, and one that is an interface is refused with the cure [DI-23]', async () => {
  @Injectable()
  class Fine {
    constructor(readonly orders: Orders) {}
  }
  @Injectable()
  class Vague {
    constructor(
      readonly orders: Orders,
      readonly clock: Clock,
    ) {}
  }
  @Module({ providers: [Orders, Fine] })
  class Good {}
  @Module({ providers: [Orders, Vague] })
  class Bad {}

  expect((await bootApp(Good)).get(Fine).orders).toBeInstanceOf(Orders);
  const problem = await onlyProblem(Bad);
  expect(problem.code).toBe('CORE_DI_NO_KEY');
  expect(problem.message).toContain('constructor parameter 1 (clock) of Vague is recorded as Object');
});

test('an undefined key, as a circle of files gives it, is refused with the cure', async () => {
  class Billing {
    constructor(readonly orders: unknown) {}
  }
  @Module({ providers: [provide(Billing, { deps: [undefined as never] }), undefined as never, { some: 'object' } as never] })
  class Root {}

  const problems = await bootProblems(Root);
  expect(problems.map((problem) => [problem.code, problem.message])).toEqual([
    ['CORE_DI_UNDEFINED_KEY', 'The key in providers[1] of Root is undefined.'],
    ['CORE_DI_BAD_PROVIDER', 'providers[2] of Root is an object (some), which is no provider.'],
    ['CORE_DI_UNDEFINED_KEY', 'The key in deps[0] of Billing is undefined.'],
  ]);
  expect(problems[0]?.help).toContain('two files import each other');
});

test('two providers of one key in one module are refused', async () => {
  @Module({
    providers: [Orders, provideValue(CLOCK, clock), provideClass(Orders, Orders), provideValue(CLOCK, clock), provideValue(CLOCK, clock)],
  })
  class Root {}
  expect((await bootProblems(Root)).map((problem) => problem.message)).toEqual([
    'Root provides Orders 2 times.',
    'Root provides CLOCK 3 times.',
  ]);
});

test('a misspelt string key is answered with the one that was meant', async () => {
  class Mailer {
    constructor(readonly host: string) {}
  }
  @Module({ providers: [provide(Mailer, { deps: ['smtp.hst'] }), provideValue('smtp.host', 'localhost')] })
  class Root {}
  expect((await onlyProblem(Root)).help).toContain("Did you mean 'smtp.host'?");
});

test('a missing key is never taken for one of another kind, nor a short one for any other', async () => {
  class Parcels {}
  class A {}
  const PARCEL = token<Parcels>('PARCEL');
  const K = token<A>('K');
  class Late {
    constructor(
      readonly parcels: Parcels,
      readonly a: A,
    ) {}
  }
  @Module({ providers: [Parcels, A, provideValue(token<A>('X'), {}), provide(Late, { deps: [PARCEL, K] })] })
  class Root {}
  const problems = await bootProblems(Root);
  expect(problems.map(({ code }) => code)).toEqual(['CORE_DI_MISSING', 'CORE_DI_MISSING']);
  for (const { help } of problems) expect(help).not.toContain('Did you mean');
});

test('a constructor that throws is a problem that names the provider, and keeps the cause', async () => {
  const cause = new TypeError('no such thing');
  class Broken {
    constructor() {
      throw cause;
    }
  }
  class Needs {
    constructor(readonly broken: Broken) {}
  }
  @Module({ providers: [Broken, provide(Needs, { deps: [Broken] })] })
  class Root {}

  const { bootError } = await import('./_boot.js');
  const error = await bootError(Root);
  expect(error.cause).toBe(cause);
  expect(error.problems).toEqual([
    expect.objectContaining({
      code: 'CORE_BOOT_CREATE_FAILED',
      message: 'Creating Broken (Root) failed: no such thing',
      where: 'Broken (Root)',
    }),
  ]);
});

test('factories that fail are reported together, and what was made is released', async () => {
  let released = 0;
  @Module({
    providers: [
      provideFactory('fine', { create: () => ({}), dispose: () => released++ }),
      provideFactory('sync', {
        create: () => {
          throw new Error('one');
        },
      }),
      provideFactory('async', {
        create: async () => {
          throw new Error('two');
        },
      }),
    ],
  })
  class Root {}
  const problems = await bootProblems(Root);
  expect(problems.map((problem) => problem.message)).toEqual(["Creating 'sync' (Root) failed: one", "Creating 'async' (Root) failed: two"]);
  expect(released).toBe(1);
});

test('a factory that never answers is named when the time for building is over', async () => {
  @Module({ providers: [provideFactory('stuck', { create: () => new Promise<never>(() => {}) })] })
  class Root {}
  const problem = await onlyProblem(Root, { startTimeout: 20 });
  expect(problem.code).toBe('CORE_BOOT_TIMEOUT');
  expect(problem.message).toContain("still waiting for 'stuck' (Root)");
});

test('app.get explains what it cannot give', async () => {
  class Hidden {}
  @Module({ providers: [Hidden] })
  class One {}
  @Module({ providers: [Hidden] })
  class Two {}
  @Module({ imports: [One, Two], providers: [Orders] })
  class Root {}
  const app = await bootApp(Root);

  expect(() => app.get(CLOCK)).toThrow(expect.objectContaining({ code: 'CORE_APP_NO_PROVIDER' }) as Error);
  expect(() => app.get(Hidden)).toThrow(expect.objectContaining({ code: 'CORE_APP_SEVERAL_PROVIDERS' }) as Error);
  expect(app.get(Hidden, { from: One })).not.toBe(app.get(Hidden, { from: Two }));
  expect(app.get(optionalDep(CLOCK))).toBeUndefined();
  await app.stop();
  expect(() => app.get(Orders)).toThrow(expect.objectContaining({ code: 'CORE_APP_ENDED' }) as Error);
});

test('a class that an application was made of cannot be decorated again [CORE_DI_DECORATED_LATE]', async () => {
  @Injectable()
  class Parcels {}
  @Injectable({ deps: [Parcels] })
  class Late {
    constructor(readonly parcels: Parcels) {}
  }
  @Module({ providers: [Parcels, Late] })
  class Root {}
  const app = await bootApp(Root);
  expect(() => Injectable({ deps: [Parcels], scope: 'request' })(Late)).toThrow(
    expect.objectContaining({ code: 'CORE_DI_DECORATED_LATE' }),
  );
  expect(app.get(Late).parcels).toBe(app.get(Parcels));
  // A class of its own that extends it may be.
  expect(() => Injectable({ deps: [Parcels] })(class Later extends Late {})).not.toThrow();
});

test('a token that says who provides it is missed with that module as the cure', async () => {
  const FETCHER = token<object>('FETCHER', { from: 'FetchModule of @plinth/http/fetch' });
  @Injectable({ deps: [FETCHER] })
  class Asks {
    constructor(readonly fetcher: object) {}
  }
  @Module({ providers: [Asks] })
  class Root {}
  const problem = await onlyProblem(Root);
  expect(problem.code).toBe('CORE_DI_MISSING');
  expect(problem.help).toMatch(/^Import FetchModule of @plinth\/http\/fetch into Root, or add provideValue\(FETCHER, …\)/);

  @Module({ requires: [FETCHER] })
  class Requires {}
  expect((await onlyProblem(Requires)).help).toBe('Import FetchModule of @plinth/http/fetch into Requires.');
});

test('a module whose option put something else in the place of its own provider is told to look at the option', async () => {
  const STORE = token<object>('STORE', { from: 'ShopModule of @plinth/shop' });
  @Injectable({ deps: [STORE] })
  class Shop {
    constructor(readonly store: object) {}
  }
  @Module({ providers: [Shop, provideValue(token<object>('OTHER_STORE'), {})], exports: [STORE] })
  class ShopModule {}
  @Module({ imports: [ShopModule] })
  class Root {}
  const problems = await bootProblems(Root);
  expect(problems.map(({ code }) => code)).toEqual(['CORE_MODULE_EXPORT_UNKNOWN', 'CORE_DI_MISSING']);
  for (const { help } of problems)
    expect(help).toBe(
      'ShopModule provides STORE itself, unless it is given something else: pass ShopModule.with(...) a provider of STORE.',
    );
});

test('a class that says who provides it is missed with that module as the cure', async () => {
  @Injectable({ deps: [], from: 'ShopModule of @plinth/shop' })
  class Shop {}
  @Injectable({ deps: [Shop] })
  class Asks {
    constructor(readonly shop: Shop) {}
  }
  @Module({ providers: [Asks] })
  class Root {}
  expect((await onlyProblem(Root)).help).toBe('Import ShopModule of @plinth/shop into Root; or mark the dependency optional.');
});
