// A service with a sign-in by password and one light route, in a process of its own. Nothing slows down who signs in: a flood from many
// clients over many names meets neither the limiter nor the throttle. node flood-server.mjs [concurrency]
import { randomBytes } from 'node:crypto';
import { AuthModule, Passwords, PasswordSignIn } from '@plinth/auth';
import { configured, createApp, Module } from '@plinth/core';
import { get, HTTP_SERVER, HttpModule, post } from '@plinth/http';

const password = 'correct horse battery staple';
const people = {
  record: undefined,
  findForSignIn: async () => people.record,
  updatePasswordHash: async () => undefined,
};

const text = { type: 'object', properties: { text: { type: 'string' } }, required: ['text'], additionalProperties: false };
const Credentials = {
  type: 'object',
  properties: { name: { type: 'string' }, password: { type: 'string' } },
  required: ['name', 'password'],
  additionalProperties: false,
};
const routes = [
  get('/light', { open: true, returns: text }, () => ({ text: 'light' })),
  post(
    '/sign-in',
    { open: true, body: Credentials, returns: text },
    async ({ body }, signIn) => ({ text: (await signIn.check(people, body.name, body.password)).id }),
    { deps: [PasswordSignIn] },
  ),
];

const concurrency = process.argv[2] === undefined || process.argv[2] === 'default' ? {} : { concurrency: Number(process.argv[2]) };
class Bench {}
Module({})(Bench);
const app = await createApp(
  configured(Bench, { imports: [HttpModule.with({ rateLimit: false }), AuthModule.with({ passwords: concurrency })], routes }),
  {
    env: {
      NODE_ENV: 'production',
      APP_HOSTS: '127.0.0.1',
      PORT: '0',
      HOST: '127.0.0.1',
      LOG_FORMAT: 'json',
      LOG_LEVEL: 'warn',
      APP_KEY: randomBytes(32).toString('base64'),
    },
    envFile: false,
  },
);
await app.start();
people.record = { user: { id: '1' }, passwordHash: await app.get(Passwords).hash(password) };
process.on('disconnect', () => process.exit(0));
process.send({ port: app.get(HTTP_SERVER).address().port, concurrency: app.get(Passwords).concurrency, password });
