import {
  allOf,
  createApp,
  Injectable,
  LOGGER,
  Module,
  optionalDep,
  provide,
  provideAlias,
  provideFactory,
  provideValue,
  RequestScope,
  token,
  type AppError,
  type BuiltApp,
  type BuiltController,
  type ClassProvider,
  type OnBoot,
  type Provider,
  type ResolvedDeps,
} from '@plinth/core';
import { expect, test } from 'vitest';
import { bootApp, bootProblems, onlyProblem } from './_boot.js';

/** Boots, and hands out what `onBoot` sees. */
async function builtApp(parts: { readonly providers?: readonly Provider[]; readonly controllers?: readonly ClassProvider[] }): Promise<{
  readonly app: BuiltApp;
  /** The first controller. */
  readonly controller: BuiltController;
}> {
  let built: BuiltApp | undefined;
  class Spy implements OnBoot {
    onBoot(app: BuiltApp): void {
      built = app;
    }
  }
  @Module({ providers: [Spy, ...(parts.providers ?? [])], controllers: parts.controllers ?? [] })
  class Root {}
  await bootApp(Root);
  return { app: built!, controller: built!.controllers[0]! };
}

let made = 0;
@Injectable({ deps: [], scope: 'request' })
class CurrentUser {
  readonly id = made++;
}
class Repository {
  constructor(readonly user: CurrentUser) {}
}
class OrdersController {
  constructor(
    readonly user: CurrentUser,
    readonly repository: Repository,
  ) {}
}
const repository = provide(Repository, { deps: [CurrentUser], scope: 'request' });
const controller = provide(OrdersController, { deps: [CurrentUser, Repository], scope: 'request' });

test('a request has one instance of a request-scoped class, and another request another [DI-12]', async () => {
  const { controller: built } = await builtApp({ providers: [CurrentUser, repository], controllers: [controller] });
  expect(built.instance).toBeUndefined();
  const [first, second] = [new RequestScope(), new RequestScope()];
  const one = built.create!(first) as OrdersController;
  const two = built.create!(second) as OrdersController;
  expect(one.user).toBe(one.repository.user);
  expect(built.create!(first)).toBe(one);
  expect(two.user).not.toBe(one.user);
});

test('1,000 parallel requests are isolated from each other [DI-12]', async () => {
  const { controller: built } = await builtApp({ providers: [CurrentUser, repository], controllers: [controller] });
  const users = await Promise.all(
    Array.from({ length: 1_000 }, async (_, index) => {
      await using scope = new RequestScope();
      const before = (built.create!(scope) as OrdersController).user;
      await new Promise((resolve) => setTimeout(resolve, index % 7));
      const after = (built.create!(scope) as OrdersController).repository.user;
      expect(after).toBe(before);
      return after.id;
    }),
  );
  expect(new Set(users).size).toBe(1_000);
});

test('an app-scoped class that needs a request-scoped one is refused, with the path [DI-13]', async () => {
  class Service {
    constructor(readonly user: object) {}
  }
  @Module({ providers: [CurrentUser, provideAlias('user', CurrentUser), provide(Service, { deps: ['user'] })] })
  class Root {}

  const problem = await onlyProblem(Root);
  expect(problem.code).toBe('CORE_DI_SCOPE');
  expect(problem.message).toContain("Service (Root) [app] → 'user' (Root) [alias] → CurrentUser (Root) [request]");
});

test('optional, listed and factory dependencies on a request-scoped class are refused too [DI-13]', async () => {
  class A {
    constructor(readonly user?: object) {}
  }
  class B {
    constructor(readonly users: object) {}
  }
  @Module({
    providers: [
      CurrentUser,
      provideFactory('users', { create: () => ({}), scope: 'request', many: true }),
      provide(A, { deps: [optionalDep(CurrentUser)] }),
      provide(B, { deps: [allOf('users')] }),
      provideFactory('made', { deps: [CurrentUser], create: (user) => user }),
    ],
    controllers: [provide(OrdersController, { deps: [CurrentUser, CurrentUser as never] })],
  })
  class Root {}
  expect((await bootProblems(Root)).map((problem) => problem.where)).toEqual([
    'A (Root), constructor parameter 0 (user)',
    'B (Root), constructor parameter 0 (users)',
    "'made' (Root), factory parameter 0 (user)",
    'OrdersController (Root), constructor parameter 0 (user)',
    'OrdersController (Root), constructor parameter 1 (repository)',
  ]);
});

test('a request-scoped factory is given its dependencies, app- and request-scoped [DI-14]', async () => {
  const TENANT = token<{ name: string }>('TENANT');
  class TenantController {
    constructor(
      readonly tenant: { name: string },
      readonly user: CurrentUser,
      readonly again: { name: string },
    ) {}
  }
  const { controller: built } = await builtApp({
    providers: [
      CurrentUser,
      provideValue('prefix', 'tenant-'),
      provideFactory(TENANT, {
        deps: ['prefix', CurrentUser],
        create: (prefix: string, user) => ({ name: prefix + user.id }),
        scope: 'request',
      }),
    ],
    controllers: [provide(TenantController, { deps: [TENANT, CurrentUser, TENANT], scope: 'request' })],
  });
  const instance = built.create!(new RequestScope()) as TenantController;
  expect(instance.tenant.name).toBe(`tenant-${instance.user.id}`);
  expect(instance.again).toBe(instance.tenant);
});

test('a request-scoped factory that gives a promise is refused with a code [DI-14]', async () => {
  class Ctrl {
    constructor(readonly later: unknown) {}
  }
  const { controller: built } = await builtApp({
    providers: [provideFactory('later', { create: async () => 1, scope: 'request' })],
    controllers: [provide(Ctrl, { deps: ['later'], scope: 'request' })],
  });
  expect(() => built.create!(new RequestScope())).toThrow(expect.objectContaining({ code: 'CORE_DI_REQUEST_ASYNC' }) as Error);
});

test('a factory that gives undefined is asked once per request', async () => {
  let calls = 0;
  class Ctrl {
    constructor(
      readonly a: unknown,
      readonly b: unknown,
    ) {}
  }
  const { controller: built } = await builtApp({
    providers: [provideFactory('nothing', { create: () => void calls++, scope: 'request' })],
    controllers: [provide(Ctrl, { deps: ['nothing', 'nothing'], scope: 'request' })],
  });
  expect(built.create!(new RequestScope())).toEqual(new Ctrl(undefined, undefined));
  expect(calls).toBe(1);
});

test('what a request made is released in reverse order when the request ends, also asynchronously [DI-20]', async () => {
  const log: string[] = [];
  @Injectable({ deps: [], scope: 'request' })
  class Connection {
    [Symbol.dispose](): void {
      log.push('connection');
    }
  }
  @Injectable({ deps: [Connection], scope: 'request' })
  class Transaction {
    constructor(readonly connection: Connection) {}
    async [Symbol.asyncDispose](): Promise<void> {
      await Promise.resolve();
      log.push('transaction');
    }
  }
  class Ctrl {
    constructor(
      readonly transaction: Transaction,
      readonly lock: object,
    ) {}
  }
  const { controller: built } = await builtApp({
    providers: [
      Connection,
      Transaction,
      provideFactory('lock', { deps: [Transaction], create: () => ({}), dispose: () => log.push('lock'), scope: 'request' }),
    ],
    controllers: [provide(Ctrl, { deps: [Transaction, 'lock'], scope: 'request' })],
  });
  const scope = new RequestScope();
  built.create!(scope);
  await scope.dispose();
  await scope.dispose();
  expect(log).toEqual(['lock', 'transaction', 'connection']);
  expect(() => built.create!(new RequestScope())).not.toThrow();
});

test('a release that fails does not keep the others of the request from being released [DI-20]', async () => {
  const log: string[] = [];
  class Ctrl {
    constructor(
      readonly a: unknown,
      readonly b: unknown,
    ) {}
  }
  const { controller: built } = await builtApp({
    providers: [
      provideFactory('a', { create: () => ({}), dispose: () => log.push('a'), scope: 'request' }),
      provideFactory('b', {
        create: () => ({}),
        dispose: () => {
          throw new Error('b fails');
        },
        scope: 'request',
      }),
    ],
    controllers: [provide(Ctrl, { deps: ['a', 'b'], scope: 'request' })],
  });
  const scope = new RequestScope();
  built.create!(scope);
  const error = (await Promise.resolve()
    .then(() => scope.dispose())
    .catch((thrown: unknown) => thrown)) as AppError;
  expect(error).toMatchObject({ code: 'CORE_DI_RELEASE_FAILED', kind: 'internal' });
  expect(error.cause).toBeInstanceOf(AggregateError);
  expect(log).toEqual(['a']);
});

test('nothing is made for a request that has ended', async () => {
  const { controller: built } = await builtApp({ providers: [CurrentUser, repository], controllers: [controller] });
  const scope = new RequestScope();
  await scope.dispose();
  expect(() => built.create!(scope)).toThrow(expect.objectContaining({ code: 'CORE_DI_SCOPE_ENDED' }) as Error);
});

test('app.get of a request-scoped provider is refused with a hint', async () => {
  @Module({ providers: [CurrentUser] })
  class Root {}
  const app = await bootApp(Root);
  expect(() => app.get(CurrentUser)).toThrow(expect.objectContaining({ code: 'CORE_APP_REQUEST_SCOPED' }) as Error);
});

test('a lifecycle hook on a request-scoped class is refused: it would never be called', async () => {
  @Injectable({ deps: [], scope: 'request' })
  class Late {
    onStart(): void {}
  }
  @Module({ providers: [Late] })
  class Root {}
  expect((await onlyProblem(Root)).code).toBe('CORE_DI_REQUEST_HOOK');
});

test('a class that extends a request-scoped one is request-scoped unless it says otherwise', async () => {
  class Derived extends CurrentUser {}
  @Injectable({ deps: [], scope: 'app' })
  class Kept extends CurrentUser {}
  @Module({ providers: [Derived, Kept] })
  class Root {}
  const scopes = (await bootApp(Root))
    .describe()
    .providers.filter((provider) => provider.module === 'Root')
    .map((provider) => provider.scope);
  expect(scopes).toEqual(['request', 'app']);
});

test('whether a controller needs the request context is known from all it depends on', async () => {
  class Plain {}
  class Logs {
    constructor(readonly log: unknown) {}
  }
  class Deep {
    constructor(readonly logs: Logs) {}
  }
  class A {
    constructor(readonly plain: Plain) {}
  }
  class B {
    constructor(readonly deep: Deep) {}
  }
  class C {
    constructor(readonly marked: unknown) {}
  }
  class D {
    constructor(readonly seldom: unknown) {}
  }
  class E {
    constructor(readonly whoever: unknown) {}
  }
  const { app } = await builtApp({
    providers: [
      Plain,
      provide(Logs, { deps: [LOGGER] }),
      provide(Deep, { deps: [Logs] }),
      provideValue('marked', 1, { context: true }),
      provideFactory('seldom', { deps: [Deep], create: (deep) => deep, context: false }),
      provideFactory('whoever', { create: () => ({}), context: false, scope: 'request' }),
      CurrentUser,
      repository,
    ],
    controllers: [
      provide(A, { deps: [Plain] }),
      provide(B, { deps: [Deep] }),
      provide(C, { deps: ['marked'] }),
      provide(D, { deps: ['seldom'] }),
      provide(E, { deps: ['whoever'], scope: 'request' }),
      controller,
    ],
  });
  expect(app.controllers.map((built) => [built.type.name, built.usesContext])).toEqual([
    ['A', false],
    ['B', true],
    ['C', true],
    // What enters the context itself keeps it from those that depend on it; request scope always needs it.
    ['D', false],
    ['E', true],
    ['OrdersController', true],
  ]);
});

test('guards resolve their dependencies from a module: values, plans, or problems', async () => {
  const found: (ResolvedDeps | readonly { readonly code: string; readonly where?: string }[])[] = [];
  class Hidden {}
  class Resolver implements OnBoot {
    onBoot(app: BuiltApp): void {
      const [leaf, root] = app.modules.slice(-2) as [(typeof app.modules)[number], (typeof app.modules)[number]];
      expect(root.imports).toEqual([leaf]);
      found.push(
        app.resolveFrom(root, ['value', optionalDep('absent'), allOf('none')], 'guard one'),
        app.resolveFrom(root, ['value', CurrentUser], 'guard two'),
        app.resolveFrom(root, [Hidden, 'absent'], 'guard three'),
        app.resolveFrom(root, ['on demand'], 'guard four'),
        app.resolveFrom(root, ['on demand, later'], 'guard five'),
      );
    }
  }
  let demanded = 0;
  @Module({ providers: [Hidden] })
  class Leaf {}
  @Module({
    imports: [Leaf],
    providers: [
      Resolver,
      CurrentUser,
      provideValue('value', 1),
      provideFactory('on demand', { create: () => ++demanded, whenNeeded: true }),
      provideFactory('on demand, later', { create: async () => 1, whenNeeded: true }),
    ],
  })
  class Root {}
  await bootApp(Root);

  expect(found[0]).toEqual({ usesContext: false, values: [1, undefined, []] });
  const plan = found[1] as ResolvedDeps;
  const scope = new RequestScope();
  expect(plan).toMatchObject({ usesContext: true });
  expect(plan.create!(scope)).toEqual([1, expect.any(CurrentUser)]);
  expect(plan.create!(scope)[1]).toBe(plan.create!(scope)[1]);
  expect((found[2] as { code: string; where?: string }[]).map(({ code, where }) => [code, where])).toEqual([
    ['CORE_DI_HIDDEN', 'guard three'],
    ['CORE_DI_MISSING', 'guard three'],
  ]);
  expect(found[3]).toEqual({ usesContext: false, values: [1] });
  expect((found[4] as { code: string }[])[0]?.code).toBe('CORE_DI_NEEDED_LATE');
});

test('what is provided when needed is not made unless something needs it', async () => {
  let calls = 0;
  const lazily = provideFactory('key', { create: () => ++calls, whenNeeded: true });
  class Needs {
    constructor(readonly key: unknown) {}
  }
  @Module({ providers: [lazily] })
  class Without {}
  @Module({ providers: [lazily, provide(Needs, { deps: ['key'] })] })
  class With {}

  const without = await bootApp(Without);
  expect(calls).toBe(0);
  expect(() => without.get('key')).toThrow(expect.objectContaining({ code: 'CORE_APP_NOT_NEEDED' }) as Error);
  expect((await bootApp(With)).get(Needs).key).toBe(1);
});

test('two applications of the same modules share nothing [LC-12]', async () => {
  class Counter {
    count = 0;
  }
  @Module({ providers: [Counter] })
  class Root {}
  const [one, two] = await Promise.all([bootApp(Root), bootApp(Root)]);
  one.get(Counter).count++;
  expect(two.get(Counter).count).toBe(0);
  await one.stop();
  expect(two.get(Counter).count).toBe(0);
  await using three = await createApp(Root, { env: {}, envFile: false });
  expect(three.get(Counter)).not.toBe(two.get(Counter));
});
