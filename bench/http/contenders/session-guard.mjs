// The route of `users` twice in one application: without a guard, and behind `session` with sessions and users in memory. Its answers
// carry the same headers: what is behind a guard has `Cache-Control: no-store`, so the other one says it in its contract.
import { randomBytes } from 'node:crypto';
import { AuthModule, Sessions, session, USERS } from '@plinth/auth';
import { configured, createApp, Module, provideValue } from '@plinth/core';
import { get, guarded, HTTP_SERVER, HttpModule } from '@plinth/http';
import * as w from '../workloads.mjs';

const users = new Map(Array.from({ length: 1_000 }, (_, index) => [`user-${index}`, { id: `user-${index}`, roles: ['staff'] }]));
const source = { findById: (id) => users.get(id) };

const contract = { params: w.userParams, query: w.userQuery, returns: w.userSchema };
const answer = ({ params, query }) => w.makeUser(params.id, query.verbose);
// `/a` and `/b` as routes are by default, `/c` and `/d` without the request context, which is what `context: false` asks for.
const routes = [
  get('/a/:id', { ...contract, open: true, cache: { noStore: true } }, answer),
  guarded(session).get('/b/:id', contract, answer),
  get('/c/:id', { ...contract, open: true, cache: { noStore: true }, context: false }, answer),
  guarded(session).get('/d/:id', { ...contract, context: false }, answer),
];

class Bench {}
Module({})(Bench);
class Users {}
Module({ global: true, providers: [provideValue(USERS, source)], exports: [USERS] })(Users);

// As shipped, but for what depends on the machine: the limiter's limit is out of reach.
const http = HttpModule.with({ rateLimit: { limit: 5e7, per: '1m', burst: 5e7 }, overload: false });

/** Starts it; gives the port and a session's cookie. */
export async function start() {
  const app = await createApp(configured(Bench, { imports: [http, AuthModule.with({ sessions: { perUser: 10 } }), Users], routes }), {
    env: {
      NODE_ENV: 'production',
      APP_HOSTS: '127.0.0.1',
      PORT: '0',
      HOST: '127.0.0.1',
      LOG_FORMAT: 'json',
      APP_KEY: randomBytes(32).toString('base64'),
    },
    envFile: false,
  });
  await app.start();
  const sessions = app.get(Sessions);
  // A store that holds something: one session of a thousand users each.
  const started = [];
  for (const id of users.keys()) started.push(await sessions.create(id, { methods: ['pwd'] }));
  return { port: app.get(HTTP_SERVER).address().port, cookie: `theme=dark; __Host-sid=${started[500].token}` };
}
