// AdonisJS's server, router, body parser and VineJS; without a database or a session package.
import { createServer } from 'node:http';
import { AppFactory } from '@adonisjs/core/factories/app';
import { ServerFactory } from '@adonisjs/http-server/factories';
import { defineConfig } from '@adonisjs/core/http';
import { defineConfig as defineBodyParser } from '@adonisjs/core/bodyparser';
import BodyParserMiddleware from '@adonisjs/core/bodyparser_middleware';
import vine from '@vinejs/vine';
import * as s from '../secured.mjs';
import * as w from '../workloads.mjs';

const params = vine.create({ id: vine.number().withoutDecimals().min(1) });
const query = vine.create({ verbose: vine.boolean().optional() });
const order = vine.create({
  customer: vine.string().maxLength(100),
  currency: vine.enum(['EUR', 'USD']),
  lines: vine
    .array(
      vine.object({
        sku: vine.string().minLength(3).maxLength(40),
        quantity: vine.number().withoutDecimals().min(1),
        price: vine.number().min(0),
        note: vine.string().maxLength(200).optional(),
      }),
    )
    .minLength(1)
    .maxLength(100),
});

const readUser = async (ctx) => {
  const { id } = await params.validate(ctx.params);
  const { verbose } = await query.validate(ctx.request.qs());
  const { passwordHash: _hidden, ...user } = w.makeUser(id, verbose);
  return user;
};

export const start = async () => {
  const app = new AppFactory().create(new URL('../', import.meta.url), () => {});
  await app.init();
  const server = new ServerFactory().merge({ app, config: defineConfig({ useAsyncLocalStorage: false }) }).create();
  const bodyParser = new BodyParserMiddleware(defineBodyParser({}));
  server.use([]);
  const router = server.getRouter();
  router.get('/plaintext', (ctx) => ctx.response.type('text/plain').send(w.TEXT));
  router.get('/json', () => ({ message: w.TEXT }));
  router.get('/users/:id', readUser);
  router
    .post('/orders', async (ctx) => ctx.response.status(201).send(w.placeOrder(await order.validate(ctx.request.all()))))
    .use((ctx, next) => bodyParser.handle(ctx, next));
  router.get('/secured/:id', readUser).use([
    async (ctx, next) => {
      const [begun, id] = [performance.now(), s.nextId()];
      for (const name in s.HEADERS) ctx.response.header(name, s.HEADERS[name]);
      ctx.response.header('X-Request-Id', id);
      await next();
      s.logRequest(id, ctx.request.method(), ctx.route.pattern, ctx.response.getStatus(), begun, undefined);
    },
    (ctx, next) => {
      ctx.user = s.userOf(ctx.request.plainCookie('sid', { encoded: false }));
      return ctx.user === undefined ? ctx.response.status(401).send({ error: 'unauthenticated' }) : next();
    },
    (ctx, next) => (ctx.user.roles.includes('admin') ? next() : ctx.response.status(403).send({ error: 'forbidden' })),
  ]);
  await server.boot();
  const http = createServer({ optimizeEmptyRequests: true }, server.handle.bind(server));
  return new Promise((resolve) => http.listen(0, '127.0.0.1', () => resolve(http.address().port)));
};
