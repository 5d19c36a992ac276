import { createHmac } from 'node:crypto';
import { EVENTS, Module, provide, provideValue, type EventBus, type ModuleRef } from '@plinth/core';
import { guarded, HttpModule, post, type InjectResponse, type RouteDefinition } from '@plinth/http';
import { fakeClock, testApp, type FakeClock, type TestApp, type TestClient } from '@plinth/testing';
import {
  ACCOUNT_CHANGED,
  AuthModule,
  NEW_DEVICE,
  readSessionCookie,
  RecoveryCodes,
  requireMfa,
  secondFactorRoutes,
  SECURITY_EVENT,
  session,
  SESSION_COOKIE,
  sessionPending,
  sessionRoutes,
  Sessions,
  signInAnswer,
  SignIns,
  stepUp,
  toSignInAnswer,
  Totp,
  USERS,
  type AccountChanged,
  type AuthOptions,
  type AuthUser,
  type NewDeviceSignIn,
  type SecurityEvent,
  type SignInAnswer,
} from '@plinth/auth';
import { appKey } from './support.js';

/** Users whose accounts can be closed; `support` has the role of its name. */
export class People {
  readonly closed = new Set<string>();

  findById(id: string): (AuthUser & { readonly email: string }) | undefined {
    return this.closed.has(id) ? undefined : { id, email: addressOf(id), roles: id === 'support' ? ['support'] : [] };
  }
}

export const addressOf = (id: string): string => `${id}@example.com`;

const text = { type: 'string' } as const;
const names = { type: 'array', items: text } as const;
const proof = {
  type: 'object',
  required: ['id'],
  properties: { id: text, methods: names, remember: { type: 'boolean' }, multiFactor: { type: 'boolean' }, data: {} },
} as const;

/** Signs in whoever it is told, by a proof that it is told: the first step is not what these tests are about. */
const signIn = post(
  '/sign-in',
  { open: true, body: proof, returns: signInAnswer },
  async (context, signIns) => {
    const { id, methods = ['pwd'], data = {}, ...others } = context.body;
    const facts = { ...others, userId: id, name: addressOf(id), methods, data: data as Record<string, unknown> };
    return toSignInAnswer(await signIns.complete(facts, context));
  },
  { deps: [SignIns] },
);

const signedIn = guarded(session);
const facts = { returns: {} } as const;

const probes: readonly RouteDefinition[] = [
  signIn,
  signedIn.get('/me', { returns: text }, ({ user }) => user.id),
  signedIn.get('/data', facts, ({ session: { data, auth } }) => ({ data, methods: auth.methods })),
  guarded(session, stepUp()).post('/step', { returns: { 204: null } }, () => undefined),
  guarded(session, stepUp({ methods: ['otp'] })).post('/step/otp', { returns: { 204: null } }, () => undefined),
  guarded(session, requireMfa()).get('/mfa', { returns: text }, () => 'two factors'),
  guarded(sessionPending).post(
    '/pending/data',
    { body: { type: 'object', additionalProperties: text } as const, returns: { 204: null } },
    async (context, sessions) => {
      await sessions.write(readSessionCookie(context) ?? '', context.body);
    },
    { deps: [Sessions] },
  ),
];

/** An application with all of these routes, and what it has published. */
export interface Started extends AsyncDisposable {
  readonly app: TestApp;
  readonly clock: FakeClock;
  readonly people: People;
  readonly totp: Totp;
  readonly codes: RecoveryCodes;
  readonly sessions: Sessions;
  readonly changes: AccountChanged[];
  readonly devices: NewDeviceSignIn[];
  readonly events: SecurityEvent[];
  /** Another browser of the site itself. */
  browser(agent?: string): Browser;
}

export interface StartOptions {
  readonly auth?: AuthOptions;
  readonly imports?: readonly ModuleRef[];
  readonly routes?: readonly RouteDefinition[];
  readonly env?: Record<string, string | undefined>;
}

export async function start({ auth = {}, imports = [], routes, env = {} }: StartOptions = {}): Promise<Started> {
  class Needs {
    constructor(
      readonly totp: Totp,
      readonly codes: RecoveryCodes,
      readonly sessions: Sessions,
      readonly bus: EventBus,
    ) {}
  }
  const people = new People();
  @Module({ global: true, providers: [provideValue(USERS, people)], exports: [USERS] })
  class PeopleModule {}
  @Module({
    imports: [PeopleModule, HttpModule, AuthModule.with(auth), ...imports],
    providers: [provide(Needs, { deps: [Totp, RecoveryCodes, Sessions, EVENTS] })],
    routes: [...probes, ...(routes ?? [...Object.values(secondFactorRoutes()), ...Object.values(sessionRoutes())])],
  })
  class Root {}
  const clock = fakeClock('2026-06-01T12:00:00Z');
  const app = await testApp(Root)
    .env({ APP_KEY: appKey(), LOG_LEVEL: 'error', ...env })
    .clock(clock)
    .start();
  const { bus, totp, codes, sessions } = app.get(Needs);
  const [changes, devices, events]: [AccountChanged[], NewDeviceSignIn[], SecurityEvent[]] = [[], [], []];
  bus.on(ACCOUNT_CHANGED, (change) => changes.push(change));
  bus.on(NEW_DEVICE, (device) => devices.push(device));
  bus.on(SECURITY_EVENT, (event) => events.push(event));
  const browser = (agent = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'): Browser =>
    new Browser(app.client.fresh().with({ headers: { 'user-agent': agent, 'sec-fetch-site': 'same-origin' } }));
  return { app, clock, people, totp, codes, sessions, changes, devices, events, browser, [Symbol.asyncDispose]: () => app.stop() };
}

/** What a page of the site does. */
export class Browser {
  readonly client: TestClient;

  constructor(client: TestClient) {
    this.client = client;
  }

  /** The session cookie, to be kept, copied, or planted elsewhere. */
  get cookie(): string {
    return this.client.cookies.get(SESSION_COOKIE) ?? '';
  }

  set cookie(value: string) {
    this.client.cookies.set(SESSION_COOKIE, value);
  }

  /** Everything that this browser has, in another one. */
  copy(): Browser {
    const other = new Browser(this.client.fresh());
    other.cookie = this.cookie;
    return other;
  }

  async signIn(id: string, proof: Record<string, unknown> = {}): Promise<SignInAnswer> {
    const response = await this.client.post('/sign-in', { json: { id, ...proof } });
    if (response.status !== 200) throw new Error(`${response.status} ${response.text()}`);
    return response.json() as SignInAnswer;
  }

  totp(code: string): Promise<InjectResponse> {
    return this.client.post('/account/sign-in/totp', { json: { code } });
  }

  recoveryCode(code: string): Promise<InjectResponse> {
    return this.client.post('/account/sign-in/recovery-code', { json: { code } });
  }

  verify(code: string): Promise<InjectResponse> {
    return this.client.post('/account/second-factor/verify', { json: { code } });
  }

  async status(path = '/me'): Promise<number> {
    return (await this.client.get(path)).status;
  }

  /** Sets up an authenticator, with this session; gives its secret and the recovery codes. */
  async enrol(clock: FakeClock): Promise<{ readonly secret: string; readonly recoveryCodes: readonly string[] }> {
    const begun = await this.client.post('/account/second-factor/totp');
    if (begun.status !== 200) throw new Error(`${begun.status} ${begun.text()}`);
    const { secret } = begun.json() as { secret: string };
    const done = await this.client.post('/account/second-factor/totp/confirm', { json: { code: codeOf(secret, clock) } });
    if (done.status !== 200) throw new Error(`${done.status} ${done.text()}`);
    await clock.advance(30_000);
    return { secret, ...(done.json() as { recoveryCodes: string[] }) };
  }
}

/** A user who has set up an authenticator, and is signed in with it. */
export async function enrolled(t: Started, id = 'ada'): Promise<{ browser: Browser; secret: string; recoveryCodes: readonly string[] }> {
  const browser = t.browser();
  await browser.signIn(id);
  return { browser, ...(await browser.enrol(t.clock)) };
}

export function codeFrom(response: InjectResponse): unknown {
  return (response.json() as { code?: unknown }).code;
}

/** An authenticator app of its own, as RFC 6238 says and not as the framework does it. */
export function codeOf(base32: string, clock: { now(): number }, offset = 0): string {
  const bits = [...base32].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g)!.map((byte) => Number.parseInt(byte, 2)));
  const counter = (Math.floor(clock.now() / 30_000) + offset).toString(16).padStart(16, '0');
  const mac = createHmac('sha1', key).update(Buffer.from(counter, 'hex')).digest();
  return String((mac.readUInt32BE(mac[19]! & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}
