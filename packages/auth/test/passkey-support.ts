import assert from 'node:assert/strict';
import { allOf, EVENTS, Module, provide, provideFactory, provideValue } from '@plinth/core';
import { get, guarded, html, HttpModule, post, type InjectResponse } from '@plinth/http';
import { fakeClock, testApp, type TestClient } from '@plinth/testing';
import { expect } from 'vitest';
import {
  ACCOUNT_CHANGED,
  ACCOUNT_PARTS,
  AuthModule,
  RecoveryCodes,
  SecondFactors,
  SECURITY_EVENT,
  session,
  sessionPending,
  Sessions,
  SignIns,
  stepUp,
  USERS,
  type AccountChanged,
  type AccountPart,
  type SecurityEvent,
} from '@plinth/auth';
import { passkeyRoutes, PasskeysModule, type PasskeysModuleOptions } from '@plinth/auth/passkeys';
import {
  ORIGIN,
  SoftAuthenticator,
  type AuthenticatorOptions,
  type CreationOptions,
  type Lies,
  type RequestOptions,
} from './passkey-authenticator.js';
import { appKey } from './support.js';

export interface Person {
  readonly id: string;
  readonly email: string;
  readonly name: string;
}

/** Who there is. */
export class People {
  readonly all = new Map<string, Person>();
  /** Whoever has a password has a way to sign in beside passkeys. */
  readonly withPassword = new Set<string>();

  constructor() {
    for (const name of ['ada', 'bob', 'eve']) {
      this.all.set(name, { id: name, email: `${name}@example.org`, name: name.toUpperCase() });
      this.withPassword.add(name);
    }
  }

  findById(id: string): Person | undefined {
    return this.all.get(id);
  }
}

const who = { type: 'object', required: ['id'], properties: { id: { type: 'string' } } } as const;
const state = { type: 'object', required: ['factors'], properties: { factors: { type: 'array', items: { type: 'string' } } } } as const;
const person = {
  type: 'object',
  required: ['id', 'methods'],
  properties: { id: { type: 'string' }, methods: state.properties.factors },
} as const;

/** Beside the routes of passkeys: a sign-in that believes everybody, and what shows how far somebody is in. */
const routes = [
  ...Object.values(passkeyRoutes()),
  get('/page', { open: true, returns: html() }, () => html`<!doctype html><title>A page</title>`),
  post(
    '/password',
    { open: true, body: who, returns: state },
    async (context, signIns) => {
      const { id } = context.body;
      const { factors } = await signIns.complete({ userId: id, name: `${id}@example.org`, methods: ['pwd'] }, context);
      return { factors: [...factors] };
    },
    { deps: [SignIns] },
  ),
  guarded(session).get('/me', { returns: person }, ({ user, session: { auth } }) => ({ id: user.id, methods: [...auth.methods] })),
  guarded(sessionPending).get('/half-way', { returns: { type: 'string' } }, ({ user }) => user.id),
  guarded(session, stepUp()).get('/sensitive', { returns: { type: 'string' } }, ({ user }) => user.id),
];

/** The module of an application with passkeys, for `people`. */
export function passkeyApp(people: People, options: PasskeysModuleOptions = {}, imports: PasskeysModuleOptions['imports'] = []) {
  @Module({
    imports: [HttpModule, AuthModule, PasskeysModule.with({ rpName: 'Acme', ...options }), ...imports],
    providers: [
      provideValue(USERS, people),
      provideFactory(ACCOUNT_PARTS, {
        create: () => ({
          name: 'passwords',
          remove: async (id: string) => people.withPassword.delete(id),
          waysToSignIn: async (id: string) => (people.withPassword.has(id) ? 1 : 0),
        }),
        many: true,
      }),
      provide(Needs, { deps: [Sessions, SecondFactors, RecoveryCodes, allOf(ACCOUNT_PARTS)] }),
    ],
    routes,
  })
  class Root {}
  return Root;
}

/** What tests look at is made only where something needs it. */
class Needs {
  constructor(
    readonly sessions: Sessions,
    readonly factors: SecondFactors,
    readonly codes: RecoveryCodes,
    readonly parts: readonly AccountPart[],
  ) {}
}

/** A started application with passkeys, a clock that stands still, and everything that it notes. */
export async function startPasskeys(
  options: PasskeysModuleOptions = {},
  more: {
    readonly limits?: boolean;
    readonly imports?: PasskeysModuleOptions['imports'];
    readonly env?: Record<string, string | undefined>;
  } = {},
) {
  const people = new People();
  const clock = fakeClock('2026-11-01T12:00:00Z');
  const env = { APP_KEY: appKey(), APP_URL: ORIGIN, ...(more.limits && { HTTP_RATE_LIMITS: undefined }), ...more.env };
  const app = await testApp(passkeyApp(people, options, more.imports))
    .env(env)
    .clock(clock)
    .start();
  const events: SecurityEvent[] = [];
  const changes: AccountChanged[] = [];
  app.get(EVENTS).on(SECURITY_EVENT, (event) => void events.push(event));
  app.get(EVENTS).on(ACCOUNT_CHANGED, (change) => void changes.push(change));
  const browser = () => new Browser(app.client.fresh().with({ headers: { 'sec-fetch-site': 'same-origin' } }));
  return {
    app,
    people,
    clock,
    events,
    changes,
    browser,
    parts: app.get(Needs).parts,
    /** A browser in which this person is signed in. */
    async signedIn(id = 'ada') {
      const one = browser();
      expect((await one.post('/password', { id })).status).toBe(200);
      return one;
    },
    noted: (type: string) => events.filter((event) => event.type === type),
    [Symbol.asyncDispose]: () => app[Symbol.asyncDispose](),
  };
}

/** An application in which ada has a passkey. */
export async function withPasskey() {
  const t = await startPasskeys();
  const owner = await t.signedIn();
  const { authenticator } = await owner.registered();
  return { ...t, owner, authenticator, [Symbol.asyncDispose]: () => t[Symbol.asyncDispose]() };
}

/** A browser with its cookies. */
export class Browser {
  constructor(readonly client: TestClient) {}

  post(path: string, json?: unknown): Promise<InjectResponse> {
    return this.client.post(path, json === undefined ? {} : { json });
  }

  get(path: string): Promise<InjectResponse> {
    return this.client.get(path);
  }

  /** Registers a new passkey. */
  async register(options: AuthenticatorOptions & { readonly name?: string } = {}, lies: Lies = {}) {
    const authenticator = new SoftAuthenticator(options);
    const answer = await this.post('/account/passkeys', {
      ...(options.name !== undefined && { name: options.name }),
      response: authenticator.create(await this.creation(), lies),
    });
    return { authenticator, answer };
  }

  /** The same, where it must succeed. */
  async registered(options: AuthenticatorOptions & { readonly name?: string } = {}) {
    const { authenticator, answer } = await this.register(options);
    assert.equal(answer.status, 201, answer.text());
    return { authenticator, passkey: answer.json() as { readonly id: string; readonly name: string } };
  }

  async creation(): Promise<CreationOptions> {
    return this.#options('/account/passkeys/options') as Promise<CreationOptions>;
  }

  async request(path = '/account/sign-in/passkey'): Promise<RequestOptions> {
    return this.#options(`${path}/options`) as Promise<RequestOptions>;
  }

  /** Signs in without a name. */
  async signIn(authenticator: SoftAuthenticator, lies: Lies = {}): Promise<InjectResponse> {
    return this.post('/account/sign-in/passkey', { response: authenticator.get(await this.request(), lies) });
  }

  /** Who is signed in here, and by what; undefined: nobody. */
  async me(): Promise<unknown> {
    const answer = await this.get('/me');
    return answer.status === 200 ? answer.json() : undefined;
  }

  async #options(path: string): Promise<unknown> {
    const answer = await this.post(path);
    assert.equal(answer.status, 200, answer.text());
    return answer.json();
  }
}
