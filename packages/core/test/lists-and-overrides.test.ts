import {
  allOf,
  CLOCK,
  defineConfig,
  env,
  Injectable,
  Module,
  provide,
  provideAlias,
  provideClass,
  provideFactory,
  provideValue,
  systemClock,
  token,
} from '@plinth/core';
import { expect, test } from 'vitest';
import { bootApp, bootProblems, onlyProblem } from './_boot.js';

interface Check {
  readonly name: string;
}
const CHECK = token<Check>('CHECK');
class Report {
  constructor(readonly checks: readonly Check[]) {}
}
const report = provide(Report, { deps: [allOf(CHECK)] });
const check = (name: string) => provideValue(CHECK, { name }, { many: true });
const names = (checks: readonly Check[]): readonly string[] => checks.map((one) => one.name);

test('contributions to one token come as a list, in order: imported modules first, then as listed [DI-17]', async () => {
  class ClassCheck implements Check {
    readonly name = 'class';
  }
  @Module({ providers: [check('deep')] })
  class Deep {}
  @Module({ imports: [Deep], providers: [provideClass(CHECK, ClassCheck, { many: true })] })
  class Middle {}
  @Module({
    imports: [Middle],
    providers: [report, check('one'), provideFactory(CHECK, { create: async () => ({ name: 'later' }), many: true }), check('two')],
  })
  class Root {}

  const app = await bootApp(Root);
  expect(names(app.get(Report).checks)).toEqual(['deep', 'class', 'one', 'later', 'two']);
  expect(names(app.get(allOf(CHECK)))).toEqual(['deep', 'class', 'one', 'later', 'two']);
  expect(() => (app.get(Report).checks as Check[]).pop()).toThrow(TypeError);
});

test('a list without contributions is empty [DI-17]', async () => {
  @Module({ providers: [report] })
  class Root {}
  expect((await bootApp(Root)).get(Report).checks).toEqual([]);
});

test('a list and a single value are not taken for each other [DI-17]', async () => {
  class One {
    constructor(readonly check: Check) {}
  }
  @Module({ providers: [check('a'), provide(One, { deps: [CHECK] })] })
  class WantsOne {}
  @Module({ providers: [provideValue(CHECK, { name: 'a' }), report] })
  class WantsList {}
  @Module({ providers: [provideValue(CHECK, { name: 'a' }), check('b')] })
  class Both {}
  expect((await onlyProblem(WantsOne)).code).toBe('CORE_DI_LIST_EXPECTED');
  expect((await onlyProblem(WantsList)).code).toBe('CORE_DI_NOT_A_LIST');
  expect((await onlyProblem(Both)).code).toBe('CORE_DI_MIXED');
});

interface Disk {
  readonly name: string;
}
const DISK = token<Disk>('DISK');
const ARCHIVE = token<Disk>('ARCHIVE');
const disks = [provideValue(DISK, { name: 'local' }), provideValue(ARCHIVE, { name: 'archive' })];
@Injectable({ deps: [DISK] })
class Photos {
  constructor(readonly disk: Disk) {}
}
@Injectable({ deps: [DISK] })
class Reports {
  constructor(readonly disk: Disk) {}
}

test('one consumer gets another implementation than the others [DI-18]', async () => {
  @Module({ providers: [...disks, Photos, provide(Reports, { replace: [[DISK, ARCHIVE]] })] })
  class Replaced {}
  @Module({ providers: [...disks, Photos, provide(Reports, { deps: [ARCHIVE] })] })
  class Listed {}
  for (const root of [Replaced, Listed]) {
    const app = await bootApp(root);
    expect([app.get(Photos).disk.name, app.get(Reports).disk.name]).toEqual(['local', 'archive']);
  }
});

test('a replacement of what the consumer does not depend on is refused [DI-18]', async () => {
  @Module({ providers: [...disks, provide(Reports, { replace: [[ARCHIVE, DISK]] })] })
  class Root {}
  expect(await onlyProblem(Root)).toMatchObject({
    code: 'CORE_DI_REPLACE_UNUSED',
    help: expect.stringContaining('Its dependencies are: DISK') as string,
  });
});

let created = 0;
class Mailer {
  readonly kind: string = 'real';
  constructor() {
    created++;
  }
}
class FakeMailer extends Mailer {
  override readonly kind = 'fake';
  constructor() {
    super();
    created--;
  }
}
class Signup {
  constructor(readonly mailer: Mailer) {}
}
@Module({ providers: [Mailer, provide(Signup, { deps: [Mailer] })] })
class SignupModule {}

test('an override takes the place of a provider by key, and the original is never created [DI-19]', async () => {
  created = 0;
  for (const override of [
    provideClass(Mailer, FakeMailer),
    provideFactory(Mailer, { create: () => new FakeMailer() }),
    provideValue(Mailer, new FakeMailer()),
  ]) {
    const app = await bootApp(SignupModule, { overrides: [override] });
    expect(app.get(Signup).mailer.kind).toBe('fake');
    expect(app.describe().providers.find((provider) => provider.key === 'Mailer')?.overridden).toBe(true);
  }
  expect(created).toBe(0);
  expect((await bootApp(SignupModule)).get(Signup).mailer.kind).toBe('real');
});

test('an override reaches every module that provides the key, hidden or not [DI-19]', async () => {
  @Module({ providers: [provideValue(DISK, { name: 'one' }), Photos] })
  class One {}
  @Module({ providers: [provideValue(DISK, { name: 'two' }), Reports] })
  class Two {}
  @Module({ imports: [One, Two] })
  class Root {}
  const app = await bootApp(Root, { overrides: [provideValue(DISK, { name: 'test' })] });
  expect([app.get(Photos).disk.name, app.get(Reports).disk.name]).toEqual(['test', 'test']);
});

test('an override may depend on what the replaced provider could see [DI-19]', async () => {
  @Module({ providers: [...disks, Photos] })
  class Hidden {}
  @Module({ imports: [Hidden] })
  class Root {}
  const app = await bootApp(Root, {
    overrides: [provideFactory(DISK, { deps: [ARCHIVE], create: (archive) => ({ name: `${archive.name} instead` }) })],
  });
  expect(app.get(Photos).disk.name).toBe('archive instead');
});

test('an override that replaces nothing, or twice, or the wrong kind, is refused [DI-19]', async () => {
  @Module({ imports: [SignupModule], providers: [check('a'), ...disks] })
  class Root {}
  const problems = await bootProblems(Root, {
    overrides: [
      FakeMailer,
      provideValue('DISC', 1),
      provideValue(DISK, { name: 'x' }),
      provideValue(DISK, { name: 'y' }),
      provideValue(CHECK, { name: 'one' }),
      provideValue(ARCHIVE, { name: 'z' }, { many: true }),
    ],
  });
  expect(problems.map(({ code, message }) => [code, message])).toEqual([
    ['CORE_DI_OVERRIDE_UNMATCHED', 'The override of FakeMailer replaces nothing: no module provides FakeMailer.'],
    ['CORE_DI_OVERRIDE_UNMATCHED', "The override of 'DISC' replaces nothing: no module provides 'DISC'."],
    ['CORE_DI_OVERRIDE_TWICE', 'DISK is overridden 2 times.'],
    ['CORE_DI_OVERRIDE_KIND', 'The override of CHECK is one value, but what it replaces is a list.'],
    ['CORE_DI_OVERRIDE_KIND', 'The override of ARCHIVE is a list, but what it replaces is one value.'],
  ]);
  expect(problems[0]?.help).toContain('provideClass(TheOriginal, FakeMailer)');
  expect(problems[1]?.help).toContain('Did you mean DISK?');
});

test('a whole list is overridden [DI-19]', async () => {
  @Module({ providers: [check('deep')] })
  class Deep {}
  @Module({ imports: [Deep], providers: [report, check('a')] })
  class Root {}
  const app = await bootApp(Root, { overrides: [check('x'), check('y')] });
  expect(names(app.get(Report).checks)).toEqual(['x', 'y']);
});

test("core's own services can be overridden [DI-19]", async () => {
  @Module({ providers: [provideAlias('clock', CLOCK)] })
  class Root {}
  const fake = { ...systemClock, now: () => 7 };
  const app = await bootApp(Root, { overrides: [provideValue(CLOCK, fake)] });
  expect(app.get('clock')).toBe(fake);
});

test('a configuration is found among dependencies, read once, and can be overridden as a whole', async () => {
  const MAIL = defineConfig('mail', { host: env.string('MAIL_HOST') });
  class Sender {
    constructor(readonly config: { readonly host: string }) {}
  }
  @Module({ providers: [provide(Sender, { deps: [MAIL] })] })
  class Root {}
  expect((await bootApp(Root, { env: { MAIL_HOST: 'mail.test' } })).get(Sender).config.host).toBe('mail.test');
  expect((await bootApp(Root, { overrides: [provideValue(MAIL, { host: 'none.test' })] })).get(Sender).config.host).toBe('none.test');
});

test('mistakes in the configuration and in the wiring are reported together', async () => {
  const MAIL = defineConfig('mail', { host: env.string('MAIL_HOST') });
  class Sender {
    constructor(
      readonly config: { readonly host: string },
      readonly disk: Disk,
    ) {}
  }
  @Module({ providers: [provide(Sender, { deps: [MAIL, DISK] })], exports: [DISK] })
  class Root {}
  expect((await bootProblems(Root)).map((problem) => problem.code).sort()).toEqual([
    'CORE_CONFIG_MISSING',
    'CORE_DI_MISSING',
    'CORE_MODULE_EXPORT_UNKNOWN',
  ]);
});
