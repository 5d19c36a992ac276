import { configured, Module, provide, provideAlias, provideFactory, provideValue, token, type ModuleRef } from '@plinth/core';
import { expect, test } from 'vitest';
import { bootApp, bootProblems, onlyProblem } from './_boot.js';

const NAME = token<string>('NAME');

test('a controller that is listed twice, and a provider of a value among controllers, are refused', async () => {
  class Orders {}
  @Module({ controllers: [Orders, provide(Orders), provideValue(NAME, 'x') as never] })
  class Root {}
  expect((await bootProblems(Root)).map(({ code, message }) => [code, message])).toEqual([
    ['CORE_DI_BAD_PROVIDER', 'controllers[2] of Root is a value, which is no provider.'],
    ['CORE_DI_DUPLICATE', 'Root provides Orders 2 times.'],
  ]);
});

test('a controller cannot be depended on', async () => {
  class Orders {}
  class Billing {
    constructor(readonly orders: Orders) {}
  }
  @Module({ controllers: [Orders], providers: [provide(Billing, { deps: [Orders] })] })
  class Root {}
  expect((await onlyProblem(Root)).help).toContain('Orders is a controller, and nothing can depend on a controller');
});

test('a value that is no key is refused where it stands', async () => {
  class Billing {
    constructor(readonly rate: unknown) {}
  }
  @Module({
    providers: [
      provide(Billing, { deps: [{ rate: 1 } as never] }),
      provideValue(7 as never, 'seven'),
      provideAlias('alias', null as never),
    ],
  })
  class Root {}
  expect((await bootProblems(Root)).map(({ code, message }) => [code, message])).toEqual([
    ['CORE_DI_BAD_KEY', 'The key of providers[1] of Root is 7, which is no key.'],
    ['CORE_DI_BAD_KEY', 'The key of providers[2] of Root is null, which is no key.'],
    ['CORE_DI_BAD_KEY', 'deps[0] of Billing is an object (rate), which is no key.'],
  ]);
});

test('an export that several imports could mean is refused', async () => {
  @Module({ providers: [provideValue(NAME, 'one')], exports: [NAME] })
  class One {}
  @Module({ providers: [provideValue(NAME, 'two')], exports: [NAME] })
  class Two {}
  @Module({ imports: [One, Two], exports: [NAME] })
  class Root {}
  expect(await onlyProblem(Root)).toMatchObject({
    code: 'CORE_MODULE_EXPORT_AMBIGUOUS',
    message: 'Root exports NAME, which several of its imports export: One, Two.',
  });
});

test('app.get from a module that is not there, or there twice, is refused', async () => {
  @Module({ providers: [provideValue(NAME, 'x')] })
  class Feature {}
  @Module()
  class Elsewhere {}
  const [one, two] = [configured(Feature, {}), configured(Feature, {})];
  @Module({ imports: [one, two] })
  class Root {}
  const app = await bootApp(Root);
  const from = (module: ModuleRef) => () => app.get(NAME, { from: module });
  expect(from(Elsewhere)).toThrow(expect.objectContaining({ code: 'CORE_APP_UNKNOWN_MODULE' }) as Error);
  expect(from(Feature)).toThrow('Feature is not part of this application exactly once, but 2 times.');
  expect(from(one)()).toBe('x');
});

test('a release that fails after a refused boot is listed beside the reason', async () => {
  @Module({
    providers: [
      provideFactory('pool', {
        create: () => ({}),
        dispose: () => {
          throw new Error('not open');
        },
      }),
      provideFactory('broken', {
        create: () => {
          throw new Error('broken');
        },
      }),
    ],
  })
  class Root {}
  expect((await bootProblems(Root)).map((problem) => problem.code)).toEqual(['CORE_BOOT_CREATE_FAILED', 'CORE_BOOT_RELEASE_FAILED']);
});

test('a hook that is left behind is told apart from one that failed', async () => {
  class Stuck {
    onDrain(): Promise<never> {
      return new Promise(() => {});
    }
  }
  @Module({ providers: [Stuck] })
  class Root {}
  const app = await bootApp(Root, { stopTimeout: 30 });
  await app.start();
  const error = (await app.stop().catch((thrown: unknown) => thrown)) as Error;
  expect(error.cause).toMatchObject({ code: 'CORE_APP_STOP_TIMEOUT', kind: 'timeout' });
});

test('an error with a code of its own keeps it, with its help', async () => {
  const { defineErrors } = await import('@plinth/core');
  const ERRORS = defineErrors('POOL', { UNREACHABLE: { kind: 'unavailable', detail: 'No answer from {host}.', help: 'Start {host}.' } });
  @Module({
    providers: [
      provideFactory('pool', {
        create: async () => {
          throw ERRORS.UNREACHABLE({ host: 'db.test' });
        },
      }),
    ],
  })
  class Root {}
  expect(await onlyProblem(Root)).toEqual({
    code: 'POOL_UNREACHABLE',
    message: 'No answer from db.test.',
    help: 'Start db.test.',
    where: "'pool' (Root)",
  });
});
