// node:http alone: a hand-written router, ajv and fast-json-stringify, no framework.
import { createServer } from 'node:http';
import { Ajv } from 'ajv';
import fastJson from 'fast-json-stringify';
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

const server = createServer({ optimizeEmptyRequests: true }, (req, res) => {
  const { url, method } = req;
  const question = url.indexOf('?');
  const path = question === -1 ? url : url.slice(0, question);
  if (method === 'GET') {
    if (path === '/plaintext') return send(res, 200, 'text/plain; charset=utf-8', w.TEXT);
    if (path === '/json') return sendJson(res, writeMessage({ message: w.TEXT }));
    if (path.startsWith('/users/')) {
      const params = { id: decodeURIComponent(path.slice(7)) };
      const query = Object.fromEntries(new URLSearchParams(question === -1 ? '' : url.slice(question + 1)));
      if (!checkParams(params) || !checkQuery(query)) return sendJson(res, '{"error":"invalid"}', 422);
      return sendJson(res, writeUser(w.makeUser(params.id, query.verbose)));
    }
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
