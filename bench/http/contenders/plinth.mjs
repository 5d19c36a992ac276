import { configured, createApp, Module } from '@plinth/core';
import { created, defineGuard, forbidden, get, guarded, HTTP_SERVER, HttpModule, post, unauthenticated } from '@plinth/http';
import * as s from '../secured.mjs';
import * as w from '../workloads.mjs';

const session = defineGuard({
  name: 'session',
  run: (context) => {
    const user = s.userOf(context.cookie('sid'));
    if (user === undefined) throw unauthenticated();
    return { user };
  },
});
const admin = defineGuard({
  name: 'admin',
  run: ({ user }) => {
    if (!user.roles.includes('admin')) throw forbidden();
  },
});

const plain = { open: true, context: false };
const routes = [
  get('/plaintext', plain, () => w.TEXT),
  get('/json', { ...plain, returns: w.messageSchema }, () => ({ message: w.TEXT })),
  get('/users/:id', { ...plain, params: w.userParams, query: w.userQuery, returns: w.userSchema }, ({ params, query }) =>
    w.makeUser(params.id, query.verbose),
  ),
  get('/work', { ...plain, returns: w.messageSchema }, async () => ({ message: await w.work() })),
  get('/hang', plain, () => new Promise(() => {})),
  post('/orders', { ...plain, body: w.orderBody, returns: { 201: w.orderReply } }, ({ body }) => created(w.placeOrder(body))),
  guarded(session, admin).get(
    '/secured/:id',
    { context: false, params: w.userParams, query: w.userQuery, returns: w.userSchema },
    ({ params, query }) => w.makeUser(params.id, query.verbose),
  ),
];

class Bench {}
Module({})(Bench);

const bare = { securityHeaders: false, requestIdHeader: false, requestLog: false, rateLimit: false, csrf: false, overload: false };
// The limiter is on, its limit out of reach.
const shipping = { rateLimit: { limit: 5e7, per: '1m', burst: 5e7 } };
// What the others do by hand on this workload is switched on; the limiter they don't have.
const securing = { rateLimit: false, overload: false };
// As shipped, with one place, which /hang takes for ever.
const full = { ...shipping, limits: { inFlight: 1, timeout: 600_000 } };

/** `shipped`: every default on. Else the defaults that the other contenders don't have are off: equal work. */
export const start = async (shipped, workload) => {
  const http = shipped ? (workload === 'refusals' ? full : shipping) : workload === 'secured' ? securing : bare;
  const app = await createApp(configured(Bench, { imports: [HttpModule.with(http)], routes }), {
    env: { NODE_ENV: 'production', APP_HOSTS: '127.0.0.1', PORT: '0', HOST: '127.0.0.1', LOG_FORMAT: 'json' },
    envFile: false,
  });
  await app.start();
  return app.get(HTTP_SERVER).address().port;
};
