import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { createApp, Module, provide } from '@plinth/core';
import { AuthModule, Passwords, Sessions, Tokens, type SessionOptions, type TokenOptions } from '@plinth/auth';
import { appKey, startAuth } from './support.js';

test('options of sessions that make no sense are refused where they are written', () => {
  const wrong: SessionOptions[] = [{ idle: 0 }, { absolute: -1 }, { perUser: 1.5 }, { rememberIdle: Number.NaN }];
  for (const sessions of wrong) {
    expect(() => AuthModule.with({ sessions }), JSON.stringify(sessions)).toThrow(expect.objectContaining({ code: 'AUTH_OPTIONS' }));
  }
});

test('options of tokens that make no sense stop the start', async () => {
  const wrong: TokenOptions[] = [{ issuer: '' }, { audience: '' }, { lifetime: 0 }, { lifetime: 0.5 }, { leeway: -1 }, { leeway: 301 }];
  for (const tokens of wrong) {
    const error: unknown = await startAuth({ tokens }).catch((thrown: unknown) => thrown);
    expect(String(error), JSON.stringify(tokens)).toContain('tokens.');
  }
});

test('an RSA key signs no tokens', async () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const keys = [{ privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string }];
  const error: unknown = await startAuth({ tokens: { keys } }).catch((thrown: unknown) => thrown);
  expect(String(error)).toContain('it is of the kind rsa');
});

test('AuthModule without options has the defaults of all of them', async () => {
  @Module({ imports: [AuthModule], providers: [provide(NeedsAll, { deps: [Tokens, Sessions, Passwords] })] })
  class Root {}
  await using app = await createApp(Root, { env: { APP_KEY: appKey(), LOG_LEVEL: 'fatal' }, envFile: false });
  const { tokens } = app.get(NeedsAll);
  expect((await tokens.verify((await tokens.sign('1')).token)).subject).toBe('1');
});

class NeedsAll {
  constructor(
    readonly tokens: Tokens,
    readonly sessions: Sessions,
    readonly passwords: Passwords,
  ) {}
}
