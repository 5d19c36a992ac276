import { allOf, Injectable, LOGGER, Module, optionalDep, provide, provideAlias, provideValue } from '@plinth/core';
import { expect, test } from 'vitest';
import { bootApp } from './_boot.js';

class Orders {}
@Injectable({ deps: [Orders], scope: 'request' })
class Controller {
  constructor(readonly orders: Orders) {}
}
@Module({ providers: [Orders, provideAlias('orders', Orders)], exports: [Orders] })
class OrdersModule {}
class Billing {
  constructor(
    readonly orders: Orders,
    readonly log: unknown,
    readonly none: unknown,
    readonly rates: readonly unknown[],
  ) {}
}
@Module({
  imports: [OrdersModule],
  providers: [
    provide(Billing, { deps: [Orders, LOGGER, optionalDep('none'), allOf('rate')] }),
    provideValue('rate', 1, { many: true }),
    provideValue('rate', 2, { many: true }),
  ],
  controllers: [Controller],
})
class Shop {}

test('an application describes its modules, providers, dependencies and scopes as plain data', async () => {
  const app = await bootApp(Shop);
  const description = app.describe();
  expect(JSON.parse(JSON.stringify(description))).toEqual(description);
  expect(description.modules.slice(1)).toEqual([
    {
      id: 'OrdersModule',
      name: 'OrdersModule',
      global: false,
      imports: [],
      exports: ['OrdersModule/Orders'],
      providers: ['OrdersModule/Orders', "OrdersModule/'orders'"],
    },
    {
      id: 'Shop',
      name: 'Shop',
      global: false,
      imports: ['OrdersModule'],
      exports: [],
      providers: ['Shop/Billing', "Shop/'rate'", "Shop/'rate'#2", 'Shop/Controller'],
    },
  ]);
  const byId = new Map(description.providers.map((provider) => [provider.id, provider]));
  expect(byId.get('Shop/Billing')).toEqual({
    id: 'Shop/Billing',
    key: 'Billing',
    kind: 'class',
    module: 'Shop',
    scope: 'app',
    many: false,
    usesContext: true,
    overridden: false,
    created: true,
    deps: [
      { key: 'Orders', mode: 'one', providers: ['OrdersModule/Orders'] },
      { key: 'LOGGER', mode: 'one', providers: ['CoreModule/LOGGER'] },
      { key: "'none'", mode: 'optional', providers: [] },
      { key: "'rate'", mode: 'all', providers: ["Shop/'rate'", "Shop/'rate'#2"] },
    ],
  });
  expect(byId.get('Shop/Controller')).toMatchObject({ kind: 'controller', scope: 'request', usesContext: true, created: false });
  expect(byId.get("OrdersModule/'orders'")).toMatchObject({ kind: 'alias', deps: [{ key: 'Orders', providers: ['OrdersModule/Orders'] }] });
});

test('a thousand providers boot well within 300 ms [DI-24]', async () => {
  const chain = Array.from({ length: 1_000 }, (_, index) => ({
    type: class {
      constructor(readonly before?: object) {}
    },
    index,
  }));
  const providers = chain.map(({ type, index }) => provide(type, { deps: index === 0 ? [] : [chain[index - 1]!.type] }));
  @Module({ providers })
  class Root {}
  const begun = performance.now();
  const app = await bootApp(Root);
  expect(performance.now() - begun).toBeLessThan(300);
  expect(app.get(chain.at(-1)!.type).before).toBe(app.get(chain.at(-2)!.type));
});
