import { randomBytes } from 'node:crypto';
import { APP_KEY, Injectable, isProblems, Module, type AppKey, type BuiltApp, type Problem } from '@plinth/core';
import { expect, test } from 'vitest';
import { bootApp, bootProblems, onlyProblem } from './_boot.js';

@Injectable({ deps: [APP_KEY] })
class Signer {
  constructor(readonly key: AppKey) {}
}

@Module({ providers: [Signer] })
class WithKey {}

@Module({})
class WithoutKey {}

const key = randomBytes(32).toString('base64');

test('keys are derived from APP_KEY for whoever depends on it', async () => {
  const app = await bootApp(WithKey, { env: { NODE_ENV: 'production', APP_KEY: key } });
  expect(app.get(Signer).key.derive('cookies')).toHaveLength(32);
});

test('in production the absence of APP_KEY is refused only if something depends on it', async () => {
  expect(await onlyProblem(WithKey, { env: { NODE_ENV: 'production' } })).toMatchObject({
    code: 'CORE_KEY_MISSING',
    where: 'configuration key.keys',
  });
  expect((await bootApp(WithoutKey, { env: { NODE_ENV: 'production' } })).state).toBe('built');
});

test('a short key and a known one are refused in production, and not printed', async () => {
  const short = randomBytes(8).toString('base64');
  const problems = await bootProblems(WithKey, {
    env: { NODE_ENV: 'production', APP_KEY: `${short},${Buffer.alloc(32).toString('base64')}` },
  });
  expect(problems.map(({ code }) => code)).toEqual(['CORE_KEY_INVALID', 'CORE_KEY_WEAK']);
  expect(JSON.stringify(problems)).not.toContain(short);
});

test('a guard that needs the key for the first time finds its absence while booting', async () => {
  @Injectable()
  class Guards {
    onBoot(app: BuiltApp): readonly Problem[] {
      const resolved = app.resolveFrom(app.modules.at(-1)!, [APP_KEY], 'guard signed');
      return isProblems(resolved) ? resolved : [];
    }
  }
  @Module({ providers: [Guards] })
  class Late {}
  expect(await onlyProblem(Late, { env: { NODE_ENV: 'production' } })).toMatchObject({ code: 'CORE_KEY_MISSING' });
  await bootApp(Late, { env: { NODE_ENV: 'production', APP_KEY: key } });
});
