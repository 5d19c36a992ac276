import { randomUUID } from 'node:crypto';
import { Module, provide, provideFactory, provideValue, createApp, EVENTS, type App, type EventBus, type Provider } from '@plinth/core';
import { guarded, HttpModule, inject, type InjectResponse } from '@plinth/http';
import {
  ACCOUNT_CHANGED,
  AuthModule,
  SECURITY_EVENT,
  session,
  Sessions,
  Totp,
  USERS,
  type AccountChanged,
  type AuthOptions,
  type SecurityEvent,
} from '@plinth/auth';
import { IdentityLinks, IdentityTokens, OIDC_USERS, oidcRoutes, OidcModule } from '@plinth/auth/oidc';
import type { OidcModuleOptions, OidcProfile, OidcUser } from '@plinth/auth/oidc';
import { expect } from 'vitest';
import type { FakeProvider } from './oidc-fake-provider.js';
import { appKey } from './support.js';

/** An account of the test application. */
export interface Person {
  readonly id: string;
  readonly email: string;
  emailVerified: boolean;
  closed?: boolean;
}

/** Accounts in memory, for guards and for sign-in by providers. */
export class People {
  readonly all: Person[] = [];
  readonly asked: string[] = [];

  add(email: string, emailVerified = true): Person {
    const person = { id: randomUUID(), email, emailVerified };
    this.all.push(person);
    return person;
  }

  async findById(id: string): Promise<Person | undefined> {
    return this.all.find((person) => person.id === id && person.closed !== true);
  }

  async findByEmail(email: string): Promise<OidcUser | undefined> {
    this.asked.push(email);
    return this.all.find((person) => person.email.toLowerCase() === email.toLowerCase());
  }

  async create({ email }: OidcProfile): Promise<string | undefined> {
    if (this.all.some((person) => person.email === email)) return undefined;
    return this.add(email).id;
  }

  async nameOf(userId: string): Promise<string | undefined> {
    return (await this.findById(userId))?.email;
  }
}

class Needs {
  constructor(
    readonly events: EventBus,
    readonly sessions: Sessions,
    readonly links: IdentityLinks,
    readonly tokens: IdentityTokens,
    readonly totp: Totp,
  ) {}
}

/** What a started test application gives. */
export interface OidcApp extends Needs, AsyncDisposable {
  readonly app: App;
  readonly people: People;
  readonly noted: SecurityEvent[];
  readonly changes: AccountChanged[];
  browser(): Browser;
}

/** An application with sign-in by these providers; `await using` stops it. */
export async function startOidc(
  options: OidcModuleOptions,
  more: {
    readonly auth?: AuthOptions;
    readonly env?: Record<string, string>;
    readonly providers?: readonly Provider[];
    readonly prefix?: string;
  } = {},
): Promise<OidcApp> {
  const people = new People();
  const users = [provideValue(USERS, people), provideFactory(OIDC_USERS, { deps: [USERS], create: () => people })];
  @Module({ global: true, providers: users, exports: [USERS, OIDC_USERS] })
  class UsersModule {}
  @Module({
    imports: [
      UsersModule,
      HttpModule.with({ rateLimit: false, ...(more.prefix !== undefined && { prefix: more.prefix }) }),
      AuthModule.with(more.auth),
      OidcModule.with(options),
    ],
    providers: [provide(Needs, { deps: [EVENTS, Sessions, IdentityLinks, IdentityTokens, Totp] }), ...(more.providers ?? [])],
    routes: [
      // A test knocks more often in a second than a user in an hour.
      ...Object.values(oidcRoutes()).map((route) => ({ ...route, contract: { ...route.contract, rateLimit: false as const } })),
      guarded(session).get('/me', { returns: { type: 'string' } }, ({ user }) => user.id),
    ],
  })
  class Root {}
  const env = { APP_KEY: appKey(), LOG_LEVEL: 'fatal', PORT: '0', APP_URL: 'https://app.example.com', ...more.env };
  const app = await createApp(Root, { env, envFile: false });
  await app.start();
  const needs = app.get(Needs);
  const noted: SecurityEvent[] = [];
  const changes: AccountChanged[] = [];
  needs.events.on(SECURITY_EVENT, (event) => void noted.push(event));
  needs.events.on(ACCOUNT_CHANGED, (change) => void changes.push(change));
  const { events, sessions, links, tokens, totp } = needs;
  const facts = { events, sessions, links, tokens, totp, app, people, noted, changes };
  return { ...facts, browser: () => new Browser(app), [Symbol.asyncDispose]: () => app[Symbol.asyncDispose]() };
}

/** A browser that stands on the application's page: it keeps cookies, and follows no redirect by itself. */
export class Browser {
  readonly cookies = new Map<string, string>();
  readonly #app: App;

  constructor(app: App) {
    this.#app = app;
  }

  async send(method: string, url: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<InjectResponse> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const own = { 'sec-fetch-site': 'same-origin', 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' };
    const answer = await inject(this.#app, {
      method,
      url,
      headers: { ...own, ...(cookie !== '' && { cookie }), ...headers },
      ...(body !== undefined && { body: body as string }),
    });
    for (const line of [answer.headers['set-cookie'] ?? []].flat()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!;
      if (/Max-Age=0/i.test(line)) this.cookies.delete(name!);
      else this.cookies.set(name!, value!);
    }
    return answer;
  }

  /** Begins to sign in; the URL at the provider. */
  async begin(provider = 'own', body: object = {}): Promise<URL> {
    const answer = await this.send('POST', `/account/sign-in/with/${provider}`, body);
    if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text()}`);
    return new URL((answer.json() as { url: string }).url);
  }

  async beginLink(provider = 'own', body: object = {}): Promise<URL> {
    const answer = await this.send('POST', `/account/identities/${provider}`, body);
    if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text()}`);
    return new URL((answer.json() as { url: string }).url);
  }

  /** Where the callback sends it. */
  async back(url: URL): Promise<string> {
    const answer = await this.send('GET', url.pathname + url.search);
    if (answer.status !== 303) throw new Error(`${answer.status} ${answer.text()}`);
    return String(answer.headers['location']);
  }

  /** The id of the user who is signed in; undefined for nobody. */
  async me(): Promise<string | undefined> {
    const answer = await this.send('GET', '/me');
    return answer.status === 200 ? (answer.json() as string) : undefined;
  }
}

/** What becomes of a sign-in of a new user; nobody may be signed in where it is refused. */
export async function attempt(
  t: OidcApp,
  provider: FakeProvider,
  user: Record<string, unknown> = {},
  parameters: Record<string, string | undefined> = {},
): Promise<string> {
  const browser = t.browser();
  const to = await browser.back(provider.agree(await browser.begin(), user, parameters));
  if (to !== '/') expect(await browser.me()).toBeUndefined();
  return to;
}

/** A browser that has signed in. */
export async function signedIn(t: OidcApp, provider: FakeProvider, user: Record<string, unknown> = {}, name = 'own'): Promise<Browser> {
  const browser = t.browser();
  expect(await browser.back(provider.agree(await browser.begin(name), user))).toBe('/');
  return browser;
}
