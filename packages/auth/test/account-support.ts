import { Module, type Clock, type ModuleRef } from '@plinth/core';
import { DataModule } from '@plinth/data';
import { HttpModule, type InjectResponse } from '@plinth/http';
import { MAIL_TRANSPORT, MailModule, MemoryMailTransport, type KeptMail, type MailModuleOptions } from '@plinth/mail';
import { fakeClock, testApp, type FakeClock, type TestApp, type TestClient } from '@plinth/testing';
import { expect, vi } from 'vitest';
import { AuthModule, secondFactorRoutes, sessionRoutes, type AuthOptions } from '@plinth/auth';
import { accountRoutes, AccountsModule, type AccountsOptions } from '@plinth/auth/accounts';
import {
  accountMigrations,
  authMigrations,
  sqlAccountStore,
  sqlApiKeyStore,
  sqlAttemptStore,
  sqlOneTimeStore,
  sqlRecoveryCodeStore,
  sqlRefreshStore,
  sqlSecurityLogStore,
  sqlSessionStore,
  sqlTotpStore,
} from '@plinth/auth/data';
import { appKey } from './support.js';

/** How an application with accounts is started. */
export interface AccountsSetup {
  /** Every store in this database; without it, in memory. */
  readonly database?: string;
  /** The same, where other modules use the database as well. */
  readonly data?: ModuleRef | undefined;
  readonly accounts?: AccountsOptions;
  readonly auth?: AuthOptions;
  readonly mail?: MailModuleOptions;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly imports?: readonly ModuleRef[];
  readonly clock?: Clock;
  readonly failOnErrorLog?: boolean;
}

/** An application with accounts under test. */
export interface AccountsApp extends AsyncDisposable {
  readonly app: TestApp;
  readonly clock: FakeClock;
  readonly box: MemoryMailTransport;
  /** A browser without cookies. */
  browser(headers?: Readonly<Record<string, string>>): TestClient;
  /** The next mail to this address, which is waited for. */
  mail(to: string): Promise<KeptMail>;
  /** The token in the link of the next mail to this address. */
  token(to: string): Promise<string>;
  /** Waits until everything that was posted is sent, and gives how many mails there are. */
  settled(): Promise<number>;
  /** Somebody with an account, signed in: their browser. */
  person(email?: string, password?: string): Promise<TestClient>;
}

export const PASSWORD = 'seventeen green kettles';
export const OTHER_PASSWORD = 'a bicycle made of rain';
export const ADA = 'ada@example.org';

/** The auth module with every store in SQL. */
export function sqlAuth(data: ModuleRef): AuthOptions {
  return {
    imports: [data],
    sessions: { store: sqlSessionStore },
    oneTime: { store: sqlOneTimeStore },
    refresh: { store: sqlRefreshStore },
    apiKeys: { store: sqlApiKeyStore },
    throttle: { store: sqlAttemptStore },
    securityLog: { store: sqlSecurityLogStore },
    secondFactor: { totpStore: sqlTotpStore, recoveryCodeStore: sqlRecoveryCodeStore },
  };
}

/** Starts it; `await using` stops it. */
export async function startAccounts(setup: AccountsSetup = {}): Promise<AccountsApp> {
  const clock = fakeClock('2026-06-01T12:00:00Z');
  const data = setup.data ?? (setup.database === undefined ? undefined : dataModule(setup.database));
  const mail = MailModule.with({ url: 'memory:', from: 'app@example.org', ...setup.mail });
  const stores = data === undefined ? {} : { store: sqlAccountStore };
  @Module({
    imports: [
      HttpModule,
      AuthModule.with({ ...(data && sqlAuth(data)), ...setup.auth }),
      AccountsModule.with({ ...stores, imports: [mail, ...(data ? [data] : [])], ...setup.accounts }),
      mail,
      ...(data ? [data] : []),
      ...(setup.imports ?? []),
    ],
    routes: [...Object.values(accountRoutes()), ...Object.values(secondFactorRoutes()), ...Object.values(sessionRoutes())],
  })
  class Root {}
  const { failOnErrorLog = true } = setup;
  const app = await testApp(Root, { failOnErrorLog })
    .env({ APP_KEY: appKey(), APP_URL: 'https://app.example.org', APP_NAME: 'Kettle', ...setup.env })
    .clock(setup.clock ?? clock)
    .start();
  const box = app.get(MAIL_TRANSPORT) as MemoryMailTransport;
  const read = new Map<string, number>();
  const browser = (headers: Readonly<Record<string, string>> = {}): TestClient =>
    app.client.with({ headers: { 'sec-fetch-site': 'same-origin', ...headers } }).fresh();
  const mailTo = async (to: string): Promise<KeptMail> => {
    const place = read.get(to) ?? 0;
    const mails = await vi.waitFor(
      () => {
        const found = box.sent.filter((each) => each.to.some(({ address }) => address === to));
        expect(found.length, `mails to ${to}`).toBeGreaterThan(place);
        return found;
      },
      { interval: 2, timeout: 3_000 },
    );
    read.set(to, place + 1);
    return mails[place]!;
  };
  const token = async (to: string): Promise<string> => tokenIn(await mailTo(to));
  return {
    app,
    clock,
    box,
    browser,
    mail: mailTo,
    token,
    async settled() {
      // A transport of a test's own keeps nothing.
      const sent = (): number => (box instanceof MemoryMailTransport ? box.sent.length : 0);
      for (let before = -1; before !== sent();) {
        before = sent();
        await new Promise((resolve) => setTimeout(resolve, 70));
      }
      return sent();
    },
    async person(email = ADA, password = PASSWORD) {
      const client = browser();
      expect((await client.post('/account/register', { json: { email, password } })).status).toBe(202);
      expect(await answer(client.post('/account/register/confirm', { json: { token: await token(email) } }))).toEqual([
        200,
        { state: 'signed-in', factors: [] },
      ]);
      return client;
    },
    [Symbol.asyncDispose]: () => app[Symbol.asyncDispose](),
  };
}

/** The token in the link of a mail. */
export function tokenIn(mail: KeptMail): string {
  return /#token=([A-Za-z0-9_-]{43})/.exec(mail.text)?.[1] ?? expect.fail(`no token in: ${mail.text}`);
}

/** Status and body, or the code of a problem. */
export async function answer(response: Promise<InjectResponse>): Promise<readonly [number, unknown]> {
  const { status, body, json } = await response.then((each) => ({ status: each.status, body: each.text(), json: () => each.json() }));
  if (body === '') return [status, undefined];
  const parsed = json() as { readonly code?: string };
  return [status, status >= 400 ? parsed.code : parsed];
}

/** What is seen of an answer from outside, but for what differs in any two: the date, the id of the request, the secret of a cookie. */
export function seen(response: InjectResponse): string {
  const id = String(response.headers['x-request-id']);
  const shown = Object.entries(response.headers)
    .filter(([name]) => name !== 'date' && name !== 'x-request-id')
    .map(([name, value]) => `${name}: ${String(value).replaceAll(/=[A-Za-z0-9_-]{43}(?=;|$)/g, '=secret')}`);
  return [response.status, ...shown, response.text().replaceAll(id, 'id')].join('\n');
}

/** Every table of accounts in the database of this URL. */
export function dataModule(url: string): ModuleRef {
  return DataModule.with({ url, migrations: [...authMigrations, ...accountMigrations], migrate: 'start' });
}
