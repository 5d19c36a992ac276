// Does the time of an answer tell whether there is an account? Interleaved tries with known and unknown addresses through the routes, in memory
// and on SQLite; the medians should lie within 5 %.
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp, Module, systemClock } from '@plinth/core';
import { DataModule } from '@plinth/data';
import { HttpModule, inject } from '@plinth/http';
import { MailModule } from '@plinth/mail';
import { AuthModule, Passwords, SESSION_COOKIE, Sessions } from '@plinth/auth';
import { ACCOUNT_STORE, accountRoutes, AccountsModule } from '@plinth/auth/accounts';
import * as sql from '@plinth/auth/data';

const TRIES = Number(process.env['TRIES'] ?? 1_000);
const ONLY = process.env['ONLY'];
const PASSWORD = 'seventeen green kettles';

/** The machine's clock, set forward with every try, so that nothing is slowed down or limited. */
class Forward {
  offset = 0;
  now = () => systemClock.now() + this.offset;
  date = () => new Date(this.now());
  monotonic = () => systemClock.monotonic();
  setTimeout = systemClock.setTimeout;
  sleep = systemClock.sleep;
}

async function start(url) {
  const data = url && DataModule.with({ url, migrations: [...sql.authMigrations, ...sql.accountMigrations], migrate: 'start' });
  const mail = MailModule.with({ url: 'memory:', from: 'app@example.org' });
  const imports = data ? [data] : [];
  const auth = data && {
    imports,
    sessions: { store: sql.sqlSessionStore },
    oneTime: { store: sql.sqlOneTimeStore },
    refresh: { store: sql.sqlRefreshStore },
    apiKeys: { store: sql.sqlApiKeyStore },
    throttle: { store: sql.sqlAttemptStore },
    secondFactor: { totpStore: sql.sqlTotpStore, recoveryCodeStore: sql.sqlRecoveryCodeStore },
  };
  class Root {}
  Module({
    imports: [
      HttpModule.with({ rateLimit: false }),
      AuthModule.with(auth ?? {}),
      AccountsModule.with({ imports: [mail, ...imports], ...(data && { store: sql.sqlAccountStore }) }),
      ...imports,
    ],
    routes: Object.values(accountRoutes()),
  })(Root);
  const clock = new Forward();
  const env = {
    APP_KEY: Buffer.alloc(32, 7).toString('base64'),
    APP_URL: 'http://localhost',
    LOG_LEVEL: 'warn',
    PORT: '0',
    HTTP_RATE_LIMITS: 'off',
  };
  const app = await createApp(Root, { env, envFile: false, clock, logger: { write() {} } });
  await app.start();
  return { app, clock };
}

async function fill({ app }) {
  const store = app.get(ACCOUNT_STORE);
  const passwordHash = await app.get(Passwords).hash(PASSWORD);
  const bare = { name: null, roles: [], passwordHash, createdAt: new Date(), emailVerifiedAt: new Date(), disabledAt: null };
  const known = [];
  for (let index = 0; index < TRIES; index++) {
    const email = `${randomUUID()}@example.org`;
    known.push(email);
    await store.insert({ ...bare, id: randomUUID(), email, emailKey: email });
  }
  const own = { ...bare, id: randomUUID(), email: 'own@example.org', emailKey: 'own@example.org' };
  await store.insert(own);
  return { known, own };
}

async function measure({ app, clock }, { known, own }) {
  const post = (path, body, headers = {}) =>
    inject(app, { method: 'POST', url: path, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) });
  const ways = {
    'sign-in': (email) => () => post('/account/sign-in', { email, password: 'a wrong password, this' }),
    register: (email) => () => post('/account/register', { email, password: PASSWORD }),
    'forgotten password': (email) => () => post('/account/password/forgot', { email }),
    'change of address': async (email) => {
      const { token } = await app.get(Sessions).create(own.id, { methods: ['pwd'] });
      return () => post('/account/email', { email }, { cookie: `${SESSION_COOKIE}=${token}`, 'sec-fetch-site': 'same-origin' });
    },
  };
  for (const [name, prepare] of Object.entries(ways)) {
    if (ONLY !== undefined && ONLY !== name) continue;
    const times = { known: [], unknown: [] };
    // Processor time as well: other programs on this machine make the clock's time jump about.
    const work = { known: [], unknown: [] };
    const statuses = new Set();
    const warm = Math.min(50, TRIES);
    for (let index = -warm; index < TRIES; index++) {
      const order = Math.random() < 0.5 ? ['known', 'unknown'] : ['unknown', 'known'];
      for (const kind of order) {
        clock.offset += 3_700_000;
        const send = await prepare(kind === 'known' ? known[(index + TRIES) % TRIES] : `${randomUUID()}@example.org`);
        const [before, used] = [process.hrtime.bigint(), process.cpuUsage()];
        const { status } = await send();
        const time = Number(process.hrtime.bigint() - before);
        const { user, system } = process.cpuUsage(used);
        statuses.add(status);
        if (index < 0) continue;
        times[kind].push(time);
        work[kind].push((user + system) * 1_000);
      }
    }
    console.log(`  ${name.padEnd(20)} ${compare('time', times)}   ${compare('work', work)}  (${[...statuses].join(', ')})`);
  }
}

function compare(what, { known, unknown }) {
  const [a, b] = [median(known), median(unknown)];
  const off = ((b / a - 1) * 100).toFixed(1);
  return `${what}: known ${ms(a)}, unknown ${ms(b)} (${off.startsWith('-') ? '' : '+'}${off} %)`;
}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];
const ms = (nanoseconds) => `${(nanoseconds / 1e6).toFixed(3).padStart(8)} ms`;

const file = join(tmpdir(), `same-time-${process.pid}.db`);
for (const [title, url] of [
  ['in memory', undefined],
  ['SQLite', `sqlite:${file}`],
]) {
  if (process.env['STORE'] !== undefined && process.env['STORE'] !== title) continue;
  console.log(`${title}, ${TRIES} tries each, in turns:`);
  const started = await start(url);
  await measure(started, await fill(started));
  await started.app.stop();
}
for (const suffix of ['', '-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true });
