import { createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { getCookie } from 'hono/cookie';
import { Ajv } from 'ajv';
import fastJson from 'fast-json-stringify';
import * as s from '../secured.mjs';
import * as w from '../workloads.mjs';

const coercing = new Ajv({ coerceTypes: true });
const checkParams = coercing.compile(w.userParams);
const checkQuery = coercing.compile(w.userQuery);
const checkOrder = new Ajv().compile(w.orderBody);
const writeMessage = fastJson(w.messageSchema);
const writeUser = fastJson(w.userSchema);
const writeOrder = fastJson(w.orderReply);
const JSON_TYPE = { 'Content-Type': 'application/json; charset=utf-8' };

const app = new Hono();
app.get('/plaintext', (c) => c.text(w.TEXT));
app.get('/json', (c) => c.body(writeMessage({ message: w.TEXT }), 200, JSON_TYPE));
const readUser = (c) => {
  const params = { id: c.req.param('id') };
  const query = { ...c.req.query() };
  if (!checkParams(params) || !checkQuery(query)) return c.json({ error: 'invalid' }, 422);
  return c.body(writeUser(w.makeUser(params.id, query.verbose)), 200, JSON_TYPE);
};
app.get('/users/:id', readUser);

const secured = new Hono();
secured.use(async (c, next) => {
  const [begun, id] = [performance.now(), s.nextId()];
  for (const name in s.HEADERS) c.header(name, s.HEADERS[name]);
  c.header('X-Request-Id', id);
  await next();
  s.logRequest(id, c.req.method, '/secured/:id', c.res.status, begun, undefined);
});
secured.use(async (c, next) => {
  const user = s.userOf(getCookie(c, 'sid'));
  if (user === undefined) return c.json({ error: 'unauthenticated' }, 401);
  c.set('user', user);
  await next();
});
secured.use(async (c, next) => (c.get('user').roles.includes('admin') ? next() : c.json({ error: 'forbidden' }, 403)));
secured.get('/:id', readUser);
app.route('/secured', secured);

app.post('/orders', async (c) => {
  const body = await c.req.json();
  if (!checkOrder(body)) return c.json({ error: 'invalid' }, 422);
  return c.body(writeOrder(w.placeOrder(body)), 201, JSON_TYPE);
});

const server = createServer({ optimizeEmptyRequests: true }, getRequestListener(app.fetch));
export const start = () => new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)));
