import { configured, createApp, Module } from '@plinth/core';
import { created, get, HTTP_SERVER, HttpModule, post } from '@plinth/http';
import * as w from '../workloads.mjs';

const plain = { open: true, context: false };
const routes = [
  get('/plaintext', plain, () => w.TEXT),
  get('/json', { ...plain, returns: w.messageSchema }, () => ({ message: w.TEXT })),
  get('/users/:id', { ...plain, params: w.userParams, query: w.userQuery, returns: w.userSchema }, ({ params, query }) =>
    w.makeUser(params.id, query.verbose),
  ),
  post('/orders', { ...plain, body: w.orderBody, returns: { 201: w.orderReply } }, ({ body }) => created(w.placeOrder(body))),
];

class Bench {}
Module({})(Bench);

/** `shipped`: every default on. Else the defaults that the other contenders don't have are off: equal work. */
export const start = async (shipped) => {
  const http = shipped ? {} : { securityHeaders: false, requestIdHeader: false, requestLog: false };
  const app = await createApp(configured(Bench, { imports: [HttpModule.with(http)], routes }), {
    env: { NODE_ENV: 'production', APP_HOSTS: '127.0.0.1', PORT: '0', HOST: '127.0.0.1', LOG_FORMAT: 'json' },
    envFile: false,
  });
  await app.start();
  return app.get(HTTP_SERVER).address().port;
};
