import { expect, test } from 'vitest';
import * as z from 'zod';
import { inject, post, type ProblemDetails } from '@plinth/http';
import { build } from './support/serve.js';

const taken = new Set(['ann']);
const SignUp = z
  .object({ name: z.string().refine(async (name) => !taken.has(name), 'is taken'), age: z.number().int(), agree: z.literal(true) })
  .refine((value) => value.age >= 18, { message: 'must be of age', path: ['age'] });

test('a zod schema checks the body, with asynchronous and cross-field rules, and types the handler [VAL-02] [VAL-06]', async () => {
  const route = post('/', { open: true, body: SignUp, returns: z.object({ name: z.string() }) }, ({ body }) => ({
    name: body.name.toUpperCase(),
    age: body.age,
  }));
  await using server = await build({ routes: [route] });
  const send = (body: object) => inject(server.app, { method: 'POST', url: '/', body });
  const good = await send({ name: 'bob', age: 20, agree: true });
  expect([good.status, good.json()]).toEqual([200, { name: 'BOB' }]);
  const issues = async (body: object) => ((await send(body)).json() as ProblemDetails).issues?.map((issue) => issue.pointer);
  expect(await issues({ name: 'ann', age: 20, agree: true })).toEqual(['/name']);
  expect(await issues({ name: 'bob', age: 7, agree: true })).toEqual(['/age']);
  expect(await issues({ name: 'bob', age: 20, agree: true, admin: true })).toEqual(['/admin']);
  expect(await issues({ name: 'bob', age: '20', agree: true })).toEqual(['/age']);
});
