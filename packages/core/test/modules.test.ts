import {
  configured,
  Injectable,
  Module,
  provide,
  provideAlias,
  provideClass,
  provideFactory,
  provideValue,
  token,
  type BuiltApp,
  type ConfiguredModule,
  type ModuleRef,
  type OnBoot,
  type OnStart,
} from '@plinth/core';
import { expect, test } from 'vitest';
import { bootApp, bootProblems, onlyProblem } from './_boot.js';

const NAME = token<string>('NAME');

class Orders {}
class Consumer {
  constructor(readonly value: unknown) {}
}
const needsOrders = provide(Consumer, { deps: [Orders] });
const needsName = provide(Consumer, { deps: [NAME] });

test('an exported provider is visible where its module is imported [MOD-01]', async () => {
  @Module({ providers: [Orders], exports: [Orders] })
  class OrdersModule {}
  @Module({ imports: [OrdersModule], providers: [needsOrders] })
  class Root {}
  expect((await bootApp(Root)).get(Consumer).value).toBeInstanceOf(Orders);
});

test('an unexported provider is refused, and the message names the module that has it and both steps [MOD-01]', async () => {
  @Module({ providers: [Orders] })
  class OrdersModule {}
  @Module({ imports: [OrdersModule], providers: [needsOrders] })
  class Root {}
  @Module({ imports: [OrdersModule] })
  class Between {}
  @Module({ imports: [Between], providers: [needsOrders] })
  class Far {}

  expect(await onlyProblem(Root)).toEqual({
    code: 'CORE_DI_HIDDEN',
    message: 'Consumer needs Orders for constructor parameter 0 (value). OrdersModule has it, but Root cannot see it.',
    where: 'Consumer (Root), constructor parameter 0 (value)',
    help: 'Add Orders to the exports of OrdersModule.',
  });
  expect((await onlyProblem(Far)).help).toBe('Add Orders to the exports of OrdersModule, and add OrdersModule to the imports of Far.');
});

test('an exported provider of a module that is not imported is refused with the import as the cure [MOD-01]', async () => {
  @Module({ providers: [Orders], exports: [Orders] })
  class OrdersModule {}
  @Module({ providers: [needsOrders] })
  class ShopModule {}
  @Module({ imports: [OrdersModule, ShopModule] })
  class Root {}
  expect((await onlyProblem(Root)).help).toBe('Add OrdersModule to the imports of ShopModule.');
});

test('a module does not see what its importer or its sibling has [MOD-01] [MOD-09]', async () => {
  @Module({ providers: [needsOrders] })
  class Child {}
  @Module({ providers: [Orders] })
  class Sibling {}
  @Module({ imports: [Child, Sibling], providers: [Orders], exports: [Orders] })
  class Root {}
  const problem = await onlyProblem(Root);
  expect(problem).toMatchObject({ code: 'CORE_DI_HIDDEN', where: 'Consumer (Child), constructor parameter 0 (value)' });
});

test('each module creates its own instance of a class that two of them provide [MOD-09]', async () => {
  @Module({ providers: [Orders, needsOrders] })
  class One {}
  @Module({ providers: [Orders, needsOrders] })
  class Two {}
  @Module({ imports: [One, Two] })
  class Root {}
  const app = await bootApp(Root);
  expect(app.get(Consumer, { from: One }).value).toBe(app.get(Orders, { from: One }));
  expect(app.get(Consumer, { from: One }).value).not.toBe(app.get(Consumer, { from: Two }).value);
});

test('a key that two imports export is refused, and an alias of the module itself decides [DI-18]', async () => {
  const [FIRST, SECOND] = [token<string>('FIRST'), token<string>('SECOND')];
  @Module({ providers: [provideValue(FIRST, 'first'), provideAlias(NAME, FIRST)], exports: [FIRST, NAME] })
  class One {}
  @Module({ providers: [provideValue(SECOND, 'second'), provideAlias(NAME, SECOND)], exports: [SECOND, NAME] })
  class Two {}
  @Module({ imports: [One, Two], providers: [needsName] })
  class Ambiguous {}
  @Module({ imports: [One, Two], providers: [needsName, provideAlias(NAME, SECOND)] })
  class Decided {}

  expect(await onlyProblem(Ambiguous)).toMatchObject({ code: 'CORE_DI_AMBIGUOUS', message: expect.stringContaining('One, Two') as string });
  expect((await bootApp(Decided)).get(Consumer).value).toBe('second');
});

test('exporting what is neither provided nor imported is refused [MOD-02]', async () => {
  @Module({ providers: [Orders] })
  class OrdersModule {}
  @Module({ exports: [Orders, NAME, OrdersModule] })
  class Root {}
  @Module({ imports: [OrdersModule], exports: [Orders] })
  class Half {}

  expect((await bootProblems(Root)).map(({ code, message }) => [code, message])).toEqual([
    ['CORE_MODULE_EXPORT_UNKNOWN', 'Root exports Orders, but neither provides it nor imports a module that exports it.'],
    ['CORE_MODULE_EXPORT_UNKNOWN', 'Root exports NAME, but neither provides it nor imports a module that exports it.'],
    ['CORE_MODULE_EXPORT_NOT_IMPORTED', 'Root exports the module OrdersModule, but does not import it.'],
  ]);
  expect((await onlyProblem(Half)).help).toBe('OrdersModule provides Orders: Add Orders to the exports of OrdersModule.');
});

test('an imported module, or one key of it, is exported on [MOD-03]', async () => {
  @Module({ providers: [Orders, provideValue(NAME, 'shop')], exports: [Orders, NAME] })
  class Deep {}
  @Module({ imports: [Deep], exports: [Deep] })
  class Whole {}
  @Module({ imports: [Deep], exports: [NAME] })
  class Part {}
  @Module({ imports: [Whole], providers: [needsOrders] })
  class UsesWhole {}
  @Module({ imports: [Part], providers: [needsName] })
  class UsesPart {}
  @Module({ imports: [Part], providers: [needsOrders] })
  class WantsMore {}

  expect((await bootApp(UsesWhole)).get(Consumer).value).toBeInstanceOf(Orders);
  expect((await bootApp(UsesPart)).get(Consumer).value).toBe('shop');
  expect((await onlyProblem(WantsMore)).code).toBe('CORE_DI_HIDDEN');
});

test('one provider that arrives by two ways is one provider [MOD-03] [MOD-07]', async () => {
  @Module({ providers: [Orders], exports: [Orders] })
  class Deep {}
  @Module({ imports: [Deep], exports: [Deep] })
  class Left {}
  @Module({ imports: [Deep], exports: [Orders] })
  class Right {}
  @Module({ imports: [Left, Right], providers: [needsOrders], exports: [Orders] })
  class Root {}
  const app = await bootApp(Root);
  expect(app.get(Consumer).value).toBe(app.get(Orders));
});

test('what a global module exports is visible everywhere; what it does not export is not [MOD-04]', async () => {
  @Module({ global: true, providers: [Orders, provideValue(NAME, 'hidden')], exports: [Orders] })
  class Everywhere {}
  @Module({ providers: [needsOrders] })
  class Leaf {}
  @Module({ providers: [needsName] })
  class Wants {}
  @Module({ imports: [Leaf, Everywhere] })
  class Root {}
  @Module({ imports: [Wants, Everywhere] })
  class Refused {}

  expect((await bootApp(Root)).get(Consumer).value).toBeInstanceOf(Orders);
  expect((await onlyProblem(Refused)).help).toBe('Add NAME to the exports of Everywhere.');
});

test("a module's own provider wins over an import, and an import over a global module [MOD-04]", async () => {
  const providing = (value: string, rest: object = {}): ModuleRef => {
    @Module({ providers: [provideValue(NAME, value)], exports: [NAME], ...rest })
    class Provides {}
    return Provides;
  };
  const everywhere = providing('global', { global: true });
  const imported = providing('imported');
  @Module({ imports: [everywhere, imported], providers: [needsName] })
  class Imports {}
  @Module({ imports: [everywhere, imported], providers: [needsName, provideValue(NAME, 'own')] })
  class Owns {}
  // The global module is imported here too: then it is an import like any other.
  expect((await onlyProblem(Imports)).code).toBe('CORE_DI_AMBIGUOUS');
  expect((await bootApp(Owns)).get(Consumer).value).toBe('own');
  @Module({ imports: [imported], providers: [needsName] })
  class Inner {}
  @Module({ imports: [everywhere, Inner] })
  class Root {}
  expect((await bootApp(Root)).get(Consumer, { from: Inner }).value).toBe('imported');
});

interface CacheOptions {
  readonly size: number;
}
const CACHE_OPTIONS = token<CacheOptions>('CACHE_OPTIONS');
class Cache {
  constructor(readonly options: CacheOptions) {}
}
@Module({ providers: [provide(Cache, { deps: [CACHE_OPTIONS] })], exports: [Cache] })
class CacheModule {
  static with(options: CacheOptions): ConfiguredModule {
    return configured(CacheModule, { providers: [provideValue(CACHE_OPTIONS, options)] });
  }
}

test('a configured module takes its options from values, factories, classes and aliases [MOD-05]', async () => {
  @Module({ providers: [provideValue('size', 7)], exports: ['size'] })
  class SettingsModule {}
  class Options implements CacheOptions {
    readonly size = 8;
  }
  const later = configured(CacheModule, {
    imports: [SettingsModule],
    providers: [provideFactory(CACHE_OPTIONS, { deps: ['size'], create: async (size: number) => ({ size }) })],
  });
  const byClass = configured(CacheModule, { providers: [provideClass(CACHE_OPTIONS, Options)] });
  const existing = configured(CacheModule, { providers: [Options, provideAlias(CACHE_OPTIONS, Options)] });
  const sizes = await Promise.all(
    [CacheModule.with({ size: 6 }), later, byClass, existing].map(async (cache) => {
      @Module({ imports: [cache] })
      class Root {}
      return (await bootApp(Root)).get(Cache).options.size;
    }),
  );
  expect(sizes).toEqual([6, 7, 8, 8]);
});

test('a module configured once for all, and many times for features, keeps the features apart [MOD-06]', async () => {
  class Connection {}
  const TABLE = token<string>('TABLE');
  class Repository {
    constructor(
      readonly connection: Connection,
      readonly table: string,
    ) {}
  }
  @Module()
  class DataModule {
    static readonly connected = configured(DataModule, { global: true, providers: [Connection], exports: [Connection] });
    static feature(table: string): ConfiguredModule {
      return configured(DataModule, {
        providers: [provide(Repository, { deps: [Connection, TABLE] }), provideValue(TABLE, table)],
        exports: [Repository],
      });
    }
  }
  class Service {
    constructor(readonly repository: Repository) {}
  }
  @Module({ imports: [DataModule.feature('users')], providers: [provide(Service, { deps: [Repository] })] })
  class UsersModule {}
  @Module({ imports: [DataModule.feature('orders')], providers: [provide(Service, { deps: [Repository] })] })
  class OrdersModule {}
  @Module({ imports: [DataModule.connected, UsersModule, OrdersModule] })
  class Root {}

  const app = await bootApp(Root);
  const [users, orders] = [app.get(Service, { from: UsersModule }).repository, app.get(Service, { from: OrdersModule }).repository];
  expect([users.table, orders.table]).toEqual(['users', 'orders']);
  expect(users.connection).toBe(orders.connection);
});

test('a module imported twice is one, and two configurations are two [MOD-07]', async () => {
  const shared = CacheModule.with({ size: 1 });
  class UsesCache {
    constructor(readonly cache: Cache) {}
  }
  const using = (cache: ModuleRef): ModuleRef => {
    @Module({ imports: [cache], providers: [provide(UsesCache, { deps: [Cache] })] })
    class Feature {}
    return Feature;
  };
  const [one, two, three] = [using(shared), using(shared), using(CacheModule.with({ size: 2 }))];
  @Module({ imports: [one, two, three] })
  class Root {}

  const app = await bootApp(Root);
  const [a, b, c] = [one, two, three].map((from) => app.get(UsesCache, { from }).cache);
  expect(a).toBe(b);
  expect([a?.options.size, c?.options.size]).toEqual([1, 2]);
  expect(
    app
      .describe()
      .modules.filter((module) => module.name === 'CacheModule')
      .map((module) => module.id),
  ).toEqual(['CacheModule', 'CacheModule#2']);
});

test('modules that import each other are refused with the path [DI-08]', async () => {
  const imports: ModuleRef[] = [];
  @Module({ imports })
  class A {}
  @Module({ imports: [A] })
  class B {}
  @Module({ imports: [B] })
  class C {}
  imports.push(C);

  const problem = await onlyProblem(A);
  expect(problem.code).toBe('CORE_MODULE_CYCLE');
  expect(problem.message).toContain('A → C → B → A');
});

test('what is no module is refused where it is imported', async () => {
  @Module()
  class Real {}
  @Module({ imports: [undefined as never, Orders], providers: [Real] })
  class Root {}
  expect((await bootProblems(Root)).map(({ code, message }) => [code, message])).toEqual([
    ['CORE_MODULE_UNDEFINED_IMPORT', 'imports[0] of Root is undefined.'],
    ['CORE_MODULE_NOT_A_MODULE', 'imports[1] of Root is Orders, which is no module.'],
    ['CORE_MODULE_AS_PROVIDER', 'providers[0] of Root is Real, which is a module.'],
  ]);
});

test('a missing module or key that a module declares as required is named at boot [MOD-10]', async () => {
  @Module()
  class AuthModule {}
  @Module({ requires: [AuthModule, NAME] })
  class Plugin {}
  @Module({ imports: [Plugin] })
  class Without {}
  @Module({ global: true, providers: [provideValue(NAME, 'there')], exports: [NAME] })
  class Names {}
  @Module({ imports: [Plugin, configured(AuthModule, {}), Names] })
  class With {}

  expect((await bootProblems(Without)).map(({ code, message }) => [code, message])).toEqual([
    ['CORE_MODULE_REQUIRED', 'Plugin requires the module AuthModule, which is not part of the application.'],
    ['CORE_MODULE_REQUIRED', 'Plugin requires NAME, which nothing provides.'],
  ]);
  await bootApp(With);
});

test('nothing can be added to an application after its boot [MOD-11]', async () => {
  let kept: BuiltApp | undefined;
  class Keeper implements OnBoot {
    onBoot(app: BuiltApp): void {
      kept = app;
    }
  }
  const providers = [Keeper];
  @Module({ providers })
  class Root {}
  const app = await bootApp(Root);

  expect(() => kept!.resolveFrom(kept!.modules[0]!, [Keeper], 'a late guard')).toThrow(
    expect.objectContaining({ code: 'CORE_APP_SEALED', message: expect.stringContaining('nothing can be added') as string }) as Error,
  );
  expect(() => Module({ providers: [Keeper] })(Root)).toThrow(expect.objectContaining({ code: 'CORE_MODULE_TWICE' }) as Error);
  // The author's own array is no interface of ours: it is frozen, and the language refuses.
  expect(() => providers.push(Keeper)).toThrow(TypeError);
  expect(app.get(Keeper)).toBeInstanceOf(Keeper);
});

test('a module class is constructed if it has dependencies or hooks, once per configuration', async () => {
  const started: string[] = [];
  @Injectable({ deps: [NAME] })
  @Module()
  class Feature implements OnStart {
    constructor(readonly name: string) {}
    onStart(): void {
      started.push(this.name);
    }
  }
  const named = (name: string): ConfiguredModule => configured(Feature, { providers: [provideValue(NAME, name)] });
  @Module({ imports: [named('one'), named('two')] })
  class Root {}
  await (await bootApp(Root)).start();
  expect(started).toEqual(['one', 'two']);
});

test('options that replace stand in place of those of the class, which stays the same module to requirements and look-ups [MOD-05]', async () => {
  const POOL = token<string>('POOL');
  @Module({ providers: [provideValue(POOL, 'default')], exports: [POOL], global: true })
  class PoolModule {
    static with(value: string) {
      return configured(PoolModule, { providers: [provideValue(POOL, value)], exports: [POOL] }, { replace: true });
    }
  }
  @Module({ requires: [PoolModule] })
  class NeedsPool {}
  const other = PoolModule.with('other');
  @Module({ imports: [other, NeedsPool] })
  class Root {}
  const app = await bootApp(Root);
  // Added to, there would be two of one key (CORE_DI_TWICE), and the module would be global.
  expect(app.get(POOL, { from: other })).toBe('other');
  expect(app.get(POOL, { from: PoolModule })).toBe('other');
  expect(app.describe().modules.filter(({ id }) => id.startsWith('PoolModule'))).toMatchObject([{ id: 'PoolModule', global: false }]);
  @Module({ imports: [PoolModule] })
  class Plain {}
  const plain = await bootApp(Plain);
  expect(plain.get(POOL, { from: PoolModule })).toBe('default');
});
