import fastify from 'fastify';
import * as w from '../workloads.mjs';

const app = fastify({ logger: false, http: { optimizeEmptyRequests: true } });
app.get('/plaintext', (_request, reply) => reply.type('text/plain; charset=utf-8').send(w.TEXT));
app.get('/json', { schema: { response: { 200: w.messageSchema } } }, () => ({ message: w.TEXT }));
app.get('/users/:id', { schema: { params: w.userParams, querystring: w.userQuery, response: { 200: w.userSchema } } }, (request) =>
  w.makeUser(request.params.id, request.query.verbose),
);
app.post('/orders', { schema: { body: w.orderBody, response: { 201: w.orderReply } } }, (request, reply) =>
  reply.code(201).send(w.placeOrder(request.body)),
);

export const start = async () => new URL(await app.listen({ port: 0, host: '127.0.0.1' })).port;
