import fastify from 'fastify';
import cookie from '@fastify/cookie';
import * as s from '../secured.mjs';
import * as w from '../workloads.mjs';

const app = fastify({ logger: false, http: { optimizeEmptyRequests: true } });
app.get('/plaintext', (_request, reply) => reply.type('text/plain; charset=utf-8').send(w.TEXT));
app.get('/json', { schema: { response: { 200: w.messageSchema } } }, () => ({ message: w.TEXT }));
app.get('/work', { schema: { response: { 200: w.messageSchema } } }, async () => ({ message: await w.work() }));
app.get('/users/:id', { schema: { params: w.userParams, querystring: w.userQuery, response: { 200: w.userSchema } } }, (request) =>
  w.makeUser(request.params.id, request.query.verbose),
);
app.post('/orders', { schema: { body: w.orderBody, response: { 201: w.orderReply } } }, (request, reply) =>
  reply.code(201).send(w.placeOrder(request.body)),
);

await app.register(async (secured) => {
  await secured.register(cookie);
  secured.decorateRequest('user', null);
  secured.decorateRequest('begun', 0);
  secured.decorateRequest('requestId', '');
  secured.addHook('onRequest', (request, reply, done) => {
    request.begun = performance.now();
    request.requestId = s.nextId();
    reply.headers(s.HEADERS).header('X-Request-Id', request.requestId);
    done();
  });
  secured.addHook('preParsing', (request, reply, _payload, done) => {
    request.user = s.userOf(request.cookies.sid);
    if (request.user === undefined) reply.code(401).send({ error: 'unauthenticated' });
    else if (!request.user.roles.includes('admin')) reply.code(403).send({ error: 'forbidden' });
    else done();
  });
  secured.addHook('onResponse', (request, reply, done) => {
    const bytes = Number(reply.getHeader('content-length'));
    s.logRequest(request.requestId, request.method, request.routeOptions.url, reply.statusCode, request.begun, bytes);
    done();
  });
  secured.get('/secured/:id', { schema: { params: w.userParams, querystring: w.userQuery, response: { 200: w.userSchema } } }, (request) =>
    w.makeUser(request.params.id, request.query.verbose),
  );
});

export const start = async () => new URL(await app.listen({ port: 0, host: '127.0.0.1' })).port;
