import { createServer } from 'node:http';
import { getCookie, getQuery, H3, toNodeHandler } from 'h3';
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

const send = (event, status, text) => {
  event.res.status = status;
  event.res.headers.set('content-type', 'application/json; charset=utf-8');
  return text;
};
const readUser = (event) => {
  const params = { ...event.context.params };
  const query = { ...getQuery(event) };
  if (!checkParams(params) || !checkQuery(query)) return send(event, 422, '{"error":"invalid"}');
  return send(event, 200, writeUser(w.makeUser(params.id, query.verbose)));
};

const app = new H3();
app.get('/plaintext', (event) => {
  event.res.headers.set('content-type', 'text/plain; charset=utf-8');
  return w.TEXT;
});
app.get('/json', (event) => send(event, 200, writeMessage({ message: w.TEXT })));
app.get('/users/:id', readUser);
app.post('/orders', async (event) => {
  const body = await event.req.json();
  return checkOrder(body) ? send(event, 201, writeOrder(w.placeOrder(body))) : send(event, 422, '{"error":"invalid"}');
});

const begin = async (event, next) => {
  const [begun, id] = [performance.now(), s.nextId()];
  for (const name in s.HEADERS) event.res.headers.set(name, s.HEADERS[name]);
  event.res.headers.set('X-Request-Id', id);
  const answer = await next();
  s.logRequest(id, event.req.method, '/secured/:id', event.res.status ?? 200, begun, undefined);
  return answer;
};
const session = (event, next) => {
  event.context.user = s.userOf(getCookie(event, 'sid'));
  return event.context.user === undefined ? send(event, 401, '{"error":"unauthenticated"}') : next();
};
const admin = (event, next) => (event.context.user.roles.includes('admin') ? next() : send(event, 403, '{"error":"forbidden"}'));
app.get('/secured/:id', readUser, { middleware: [begin, session, admin] });

const server = createServer({ optimizeEmptyRequests: true }, toNodeHandler(app));
export const start = () => new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)));
