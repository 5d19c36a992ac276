import express from 'express';
import cookieParser from 'cookie-parser';
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

const app = express();
// The others send neither.
app.disable('x-powered-by');
app.disable('etag');

const readUser = (request, response) => {
  const params = { ...request.params };
  const query = { ...request.query };
  if (!checkParams(params) || !checkQuery(query)) return response.status(422).json({ error: 'invalid' });
  response.type('json').send(writeUser(w.makeUser(params.id, query.verbose)));
};
app.get('/plaintext', (_request, response) => response.type('text/plain').send(w.TEXT));
app.get('/json', (_request, response) => response.type('json').send(writeMessage({ message: w.TEXT })));
app.get('/users/:id', readUser);
app.post('/orders', express.json({ limit: '1mb' }), (request, response) => {
  if (!checkOrder(request.body)) return response.status(422).json({ error: 'invalid' });
  response
    .status(201)
    .type('json')
    .send(writeOrder(w.placeOrder(request.body)));
});

const begin = (request, response, next) => {
  const [begun, id] = [performance.now(), s.nextId()];
  response.set(s.HEADERS).set('X-Request-Id', id);
  response.on('finish', () =>
    s.logRequest(id, request.method, request.route?.path, response.statusCode, begun, Number(response.get('content-length'))),
  );
  next();
};
const session = (request, response, next) => {
  request.user = s.userOf(request.cookies.sid);
  return request.user === undefined ? response.status(401).json({ error: 'unauthenticated' }) : next();
};
const admin = (request, response, next) =>
  request.user.roles.includes('admin') ? next() : response.status(403).json({ error: 'forbidden' });
app.get('/secured/:id', begin, cookieParser(), session, admin, readUser);

export const start = () =>
  new Promise((resolve) => {
    const server = app.listen(0, '127.0.0.1', () => resolve(server.address().port));
  });
