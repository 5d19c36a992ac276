// node:http alone: a hand-written router, ajv and fast-json-stringify, no framework.
import { createServer } from 'node:http';
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

const JSON_TYPE = 'application/json; charset=utf-8';
const send = (res, status, type, text) => {
  res.writeHead(status, ['Content-Type', type, 'Content-Length', String(Buffer.byteLength(text))]);
  res.end(text);
};
const sendJson = (res, text, status = 200) => send(res, status, JSON_TYPE, text);

function readUser(path, url, question) {
  const params = { id: decodeURIComponent(path.slice(path.lastIndexOf('/') + 1)) };
  const query = Object.fromEntries(new URLSearchParams(question === -1 ? '' : url.slice(question + 1)));
  return checkParams(params) && checkQuery(query) ? w.makeUser(params.id, query.verbose) : undefined;
}

function readCookie(header, name) {
  for (const pair of header?.split('; ') ?? []) if (pair.startsWith(`${name}=`)) return decodeURIComponent(pair.slice(name.length + 1));
}

const securedFields = Object.entries(s.HEADERS).flat();

function answerSecured(req, res, path, url, question) {
  const [begun, id] = [performance.now(), s.nextId()];
  const user = s.userOf(readCookie(req.headers.cookie, 'sid'));
  const [status, text] =
    user === undefined
      ? [401, '{"error":"unauthenticated"}']
      : user.roles.includes('admin')
        ? securedReply(path, url, question)
        : [403, '{"error":"forbidden"}'];
  const length = Buffer.byteLength(text);
  res.writeHead(status, ['Content-Type', JSON_TYPE, 'Content-Length', String(length), ...securedFields, 'X-Request-Id', id]);
  res.end(text);
  s.logRequest(id, req.method, '/secured/:id', status, begun, length);
}

function securedReply(path, url, question) {
  const user = readUser(path, url, question);
  return user === undefined ? [422, '{"error":"invalid"}'] : [200, writeUser(user)];
}

const server = createServer({ optimizeEmptyRequests: true }, (req, res) => {
  const { url, method } = req;
  const question = url.indexOf('?');
  const path = question === -1 ? url : url.slice(0, question);
  if (method === 'GET') {
    if (path === '/plaintext') return send(res, 200, 'text/plain; charset=utf-8', w.TEXT);
    if (path === '/json') return sendJson(res, writeMessage({ message: w.TEXT }));
    if (path === '/work') return w.work().then((message) => sendJson(res, writeMessage({ message })));
    if (path.startsWith('/users/')) {
      const user = readUser(path, url, question);
      return user === undefined ? sendJson(res, '{"error":"invalid"}', 422) : sendJson(res, writeUser(user));
    }
    if (path.startsWith('/secured/')) return answerSecured(req, res, path, url, question);
  }
  if (method === 'POST' && path === '/orders') {
    const chunks = [];
    let size = 0;
    req.on('data', (chunk) => {
      size += chunk.length;
      if (size <= 1_048_576) chunks.push(chunk);
    });
    req.on('end', () => {
      let body;
      try {
        body = JSON.parse(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks));
      } catch {
        return sendJson(res, '{"error":"json"}', 400);
      }
      if (size > 1_048_576 || !checkOrder(body)) return sendJson(res, '{"error":"invalid"}', 422);
      sendJson(res, writeOrder(w.placeOrder(body)), 201);
    });
    return;
  }
  sendJson(res, '{"error":"not found"}', 404);
});

export const start = () => new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)));
