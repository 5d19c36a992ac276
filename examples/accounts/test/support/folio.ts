import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Accounts, type Account, type NewAccount } from '@plinth/auth/accounts';
import { MAIL_TRANSPORT, type MemoryMailTransport } from '@plinth/mail';
import { fakeClock, testApp, type FakeClock, type TestApp } from '@plinth/testing';
import { ACCOUNT_PATH, LOCAL_CLIENT } from '../../src/accounts.config.js';
import { AppModule } from '../../src/app.module.js';
import { startLocalProvider, type LocalProvider } from '../../src/development/local-provider.js';
import { localProvider } from '../../src/providers.js';

/** Long enough, and no words of the service. */
export const PASSWORD = 'seven quiet herons';

export interface FolioOptions {
  /** A clock that stands still: codes of authenticator apps are good once, and the next comes when the test says so. */
  readonly clock?: FakeClock;
  /** Starts the provider of social sign-in too. */
  readonly provider?: boolean;
}

/** Folio on a free port of this machine, with an empty database and mails that are kept. */
export class Folio implements AsyncDisposable {
  readonly app: TestApp;
  /** Where browsers reach it: by name, as there are no passkeys at an address. */
  readonly url: string;
  readonly #provider: LocalProvider | undefined;
  readonly #folder: string;

  private constructor(app: TestApp, url: string, { provider, folder }: { provider: LocalProvider | undefined; folder: string }) {
    this.app = app;
    this.url = url;
    this.#provider = provider;
    this.#folder = folder;
  }

  static async start({ clock, provider = false }: FolioOptions = {}): Promise<Folio> {
    const [port, providerPort] = await freePorts(2);
    const url = `http://localhost:${port}`;
    const issuer = `http://127.0.0.1:${providerPort}`;
    const redirectUris = [`${url}${ACCOUNT_PATH}/sign-in/with/local/callback`];
    const started = provider ? await startLocalProvider({ issuer, client: LOCAL_CLIENT, redirectUris }) : undefined;
    const folder = mkdtempSync(join(tmpdir(), 'folio-'));
    const env = {
      PORT: String(port),
      APP_URL: url,
      APP_KEY: randomBytes(32).toString('base64'),
      DATABASE_URL: `sqlite:${join(folder, 'folio.db')}`,
      MAIL_URL: 'memory:',
      FOLIO_DEMO: 'false',
    };
    const builder = testApp(AppModule.with(localProvider(issuer))).env(env);
    const app = await (clock ? builder.clock(clock) : builder).start();
    return new Folio(app, url, { provider: started, folder });
  }

  /** An account whose address is confirmed; its password is `PASSWORD`. */
  account(account: Omit<NewAccount, 'password' | 'verified'>): Promise<Account> {
    return this.app.get(Accounts).create({ ...account, password: PASSWORD, verified: true });
  }

  /** The link to a page of the last mail to an address, once it is there: mails go out after the answer. */
  async linkTo(address: string, page: '/confirm' | '/reset' | '/email'): Promise<string> {
    const mails = this.app.get(MAIL_TRANSPORT) as MemoryMailTransport;
    for (let tries = 0; tries < 250; tries++) {
      const link = mails.linkTo(address);
      if (link?.pathname === page) return link.href;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`There is no mail to ${address} with a link to ${page}.`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#provider?.close();
    try {
      await this.app.stop();
    } finally {
      rmSync(this.#folder, { recursive: true, force: true });
    }
  }
}

/** A clock that stands still, at the time of the machine. */
export function standingClock(): FakeClock {
  return fakeClock(new Date());
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => new Promise((resolve) => server.once('listening', resolve))));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
