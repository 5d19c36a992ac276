import { createHash } from 'node:crypto';
import { expect, test, vi } from 'vitest';
import { createProject } from './support/project.js';

// Each call is a process that compiles the framework's own sources.
vi.setConfig({ testTimeout: 240_000 });

const MODULE = `
import { generateKeyPairSync } from 'node:crypto';
import { AuthModule, bearer, Keyring, RefreshTokens, session, Tokens, Totp } from '@plinth/auth';
import { google, OidcModule, oidcRoutes } from '@plinth/auth/oidc';
import { AccountsModule, accountOidcUsers } from '@plinth/auth/accounts';
import { PasskeysModule } from '@plinth/auth/passkeys';
import { Injectable, Module, provideValue, SECURITY_INVENTORY } from '@plinth/core';
import { DataModule } from '@plinth/data';
import { RedisModule } from '@plinth/data/redis';
import { get, guarded, HttpModule } from '@plinth/http';
import { defineClient, FetchModule } from '@plinth/http/fetch';
import { MailModule } from '@plinth/mail';

const PAYMENTS = defineClient('PAYMENTS', { baseUrl: 'https://ann:clienttopsecret@api.pay.example/v1/', allowPrivate: ['10.1.0.0/16'] });
const mail = MailModule.with({ from: 'shop@example.org' });
const keyOf = () => generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' });

@Injectable({ deps: [Keyring, RefreshTokens, Totp] })
class Ibans {
  constructor(keyring) { keyring.cipher('customer.iban'); }
}

@Module({
  imports: [
    HttpModule,
    DataModule,
    RedisModule,
    mail,
    FetchModule.with({ allow: ['hooks.example.com'], clients: [PAYMENTS] }),
    AuthModule.with({
      passwords: { pepper: 'app-key', minLength: 12, argon2: { passes: 3 } },
      sessions: { idle: 600 },
      tokens: {
        issuer: 'https://shop.example',
        keys: [
          { id: 'this-year', privateKey: keyOf() },
          { id: 'next-year', privateKey: keyOf(), signsFrom: new Date('2999-01-01') },
          { id: 'last-year', privateKey: keyOf(), retiredFrom: new Date('2020-01-01') },
        ],
      },
    }),
    AccountsModule.with({ imports: [mail] }),
    PasskeysModule,
    OidcModule.with({
      providers: { google: google({ clientId: 'shop-client', clientSecret: 'oidctopsecret' }) },
      users: accountOidcUsers,
    }),
  ],
  providers: [
    Ibans,
    provideValue(SECURITY_INVENTORY, () => [{ section: 'ledger', name: 'main', facts: { host: 'ledger.example.com', tls: true } }], { many: true }),
  ],
  routes: [
    guarded(session).get('/me', { returns: { type: 'string' } }, () => 'x'),
    guarded(bearer()).get('/api', { returns: { type: 'string' } }, () => 'x'),
    get('/plain', { open: true, context: false }, () => 'plain'),
    ...Object.values(oidcRoutes()),
  ],
})
export class AppModule {}
`;

const keys = ['a key', 'a former key'].map((text) => createHash('sha256').update(text).digest('base64'));
const env = {
  APP_KEY: keys.join(','),
  APP_URL: 'https://shop.example',
  LOG_LEVEL: 'silent',
  DATABASE_URL: 'postgres://ann:dbtopsecret@db.example.com/shop?sslmode=verify-full',
  REDIS_URL: 'redis://:redistopsecret@10.0.0.5:6380/2',
  MAIL_URL: 'smtps://ann:mailtopsecret@mail.example.com',
};

interface Entry {
  readonly section: string;
  readonly name: string;
  readonly facts: Record<string, unknown>;
}

test('keys by id, algorithms, lifetimes, connections and open routes are listed, and no secret is (ASVS 11.1.2, 13.1.1)', async () => {
  using project = createProject({ 'src/app.module.ts': MODULE });
  const { code, stdout, stderr } = await project.run(['security', 'inventory', '--json'], env);
  expect({ code, stderr, stdout: code === 0 ? '' : stdout }).toEqual({ code: 0, stderr: '', stdout: '' });
  const { entries } = JSON.parse(stdout) as { entries: readonly Entry[] };
  const factsOf = (section: string, name: string) => entries.find((entry) => entry.section === section && entry.name === name)?.facts;

  expect(factsOf('keys', 'APP_KEY')).toMatchObject({
    source: 'APP_KEY',
    derivation: 'HKDF-SHA-256',
    current: expect.stringMatching(/^[\w-]{8}$/) as string,
    former: [expect.stringMatching(/^[\w-]{8}$/) as string],
    purposes: expect.arrayContaining(['auth.pepper', 'encrypt:customer.iban']) as string[],
  });
  expect(factsOf('keys', 'access tokens this-year')).toEqual({ algorithm: 'EdDSA', state: 'signs' });
  expect(factsOf('keys', 'access tokens next-year')).toMatchObject({ state: 'verifies, will sign', signsFrom: '2999-01-01T00:00:00.000Z' });
  expect(factsOf('keys', 'access tokens last-year')).toMatchObject({ state: 'retired', retiredFrom: '2020-01-01T00:00:00.000Z' });
  const encryption = factsOf('keys', 'encryption customer.iban');
  expect(encryption).toMatchObject({ algorithm: 'AES-256-GCM', former: [expect.any(String)] });
  expect(encryption?.['current']).not.toBe(factsOf('keys', 'encryption auth.totp')?.['current']);

  expect(factsOf('algorithms', 'passwords')).toMatchObject({
    algorithm: 'argon2id',
    memory: '19456 KiB',
    passes: 3,
    minLength: 12,
    pepper: expect.stringMatching(/^[A-Za-z\d+/]{8}$/) as string,
    formerPeppers: [expect.any(String)],
  });
  expect(factsOf('algorithms', 'codes of authenticator apps')).toMatchObject({ algorithm: 'TOTP, HMAC-SHA-1', digits: 6 });
  expect(factsOf('algorithms', 'passkeys')).toEqual({
    signatures: ['EdDSA', 'ES256', 'RS256'],
    rpId: 'shop.example',
    origins: ['https://shop.example'],
  });
  expect(factsOf('lifetimes', 'sessions')).toMatchObject({ idle: '600 s', absolute: '43200 s', perUser: 10 });
  expect(factsOf('lifetimes', 'access tokens')).toMatchObject({ lifetime: '600 s', issuer: 'https://shop.example' });
  expect(factsOf('lifetimes', 'refresh tokens')).toEqual({ idle: '1209600 s', absolute: '2592000 s' });

  expect(factsOf('connections', 'database')).toMatchObject({ kind: 'postgres', host: 'db.example.com', port: 5432, tls: 'verify' });
  expect(factsOf('connections', 'redis')).toMatchObject({ host: '10.0.0.5', port: 6380, database: 2, tls: 'off', plaintext: 'refuse' });
  expect(factsOf('connections', 'mail')).toEqual({ kind: 'smtp', host: 'mail.example.com', port: 465, tls: 'implicit' });
  expect(factsOf('connections', 'FETCH')).toMatchObject({ hosts: ['hooks.example.com'], allowPrivate: [] });
  expect(factsOf('connections', 'PAYMENTS')).toMatchObject({
    baseUrl: 'https://api.pay.example/v1/',
    tls: true,
    hosts: ['api.pay.example'],
    allowPrivate: ['10.1.0.0/16'],
  });
  expect(factsOf('connections', 'identity provider google')).toMatchObject({ issuer: 'https://accounts.google.com', tls: true });
  expect(factsOf('connections', 'http server')).toMatchObject({ tls: false, proxies: false, url: 'https://shop.example' });
  expect(factsOf('ledger', 'main')).toEqual({ host: 'ledger.example.com', tls: true });
  const routes = factsOf('routes', 'http server') as { routes: number; guarded: number; open: number; openRoutes: string[] };
  expect(routes.openRoutes).toContain('GET /plain');
  expect(routes.openRoutes).not.toContain('GET /me');
  expect(routes.routes).toBe(routes.guarded + routes.open);

  expect(stdout).not.toMatch(/topsecret|PRIVATE KEY/);
  for (const key of keys) expect(stdout).not.toContain(key);
});

test('what an application does not use is not listed, and nothing is asked for because of the listing', async () => {
  using project = createProject();
  const { code, stdout, stderr } = await project.run(['security', 'inventory'], {
    NODE_ENV: 'production',
    APP_HOSTS: 'shop.example',
    HOST: '127.0.0.1',
    PORT: '3000',
  });
  expect(stderr).toBe('');
  expect(code).toBe(0);
  expect(stdout).not.toMatch(/APP_KEY|ALGORITHMS|LIFETIMES/);
  expect(stdout).toMatch(/^CONNECTIONS\n {2}http server\n {4}listens: 127\.0\.0\.1:3000\n {4}tls: no\n/);
  expect(stdout).toMatch(/\n\nROUTES\n {2}http server\n {4}routes: \d+\n/);
  expect(stdout).toMatch(/open routes: .*GET \/plain/);
});
