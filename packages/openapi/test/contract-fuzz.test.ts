import fc from 'fast-check';
import { defineErrors, Module } from '@plinth/core';
import {
  anyOf,
  created,
  defineGuard,
  get,
  guarded,
  HttpModule,
  media,
  noCredential,
  optional,
  post,
  put,
  reply,
  unauthenticated,
  type InjectResponse,
} from '@plinth/http';
import {
  OpenApiModule,
  toOpenApi,
  type JsonObject,
  type OpenApiDocument,
  type Operation,
  type Parameter,
  type Response,
} from '@plinth/openapi';
import { testApp, type TestApp } from '@plinth/testing';
import { compile, type CompiledSchema } from '@plinth/validation';
import { expect, test } from 'vitest';
import { z } from 'zod';

const NOTE = defineErrors('NOTE', { MISSING: { kind: 'not-found', detail: 'There is no note {id}.' } });
const Note = {
  $id: 'Note',
  type: 'object',
  required: ['id', 'text'],
  properties: { id: { type: 'integer' }, text: { type: 'string' }, tags: { type: 'array', items: { type: 'string' } } },
} as const;
const NewNote = {
  $id: 'NewNote',
  type: 'object',
  required: ['text'],
  properties: { text: { type: 'string', minLength: 1, maxLength: 20 }, tags: { type: 'array', items: { type: 'string' }, maxItems: 3 } },
} as const;

const key = defineGuard({
  name: 'key',
  security: { name: 'key', scheme: { type: 'apiKey', in: 'header', name: 'X-Key' } },
  run(context) {
    const value = context.header('x-key');
    if (value === undefined) throw noCredential();
    if (value !== 'good') throw unauthenticated();
    return { user: value };
  },
});
const never = defineGuard({
  name: 'never',
  run(): void {
    throw noCredential();
  },
});

const routes = [
  post(
    '/notes',
    {
      open: true,
      body: NewNote,
      returns: { 201: Note, 409: { type: 'object', required: ['taken'], properties: { taken: { type: 'string' } } } },
    },
    ({ body }) => (body.text.length === 3 ? reply(409, { taken: body.text }) : created({ id: body.text.length, ...body })),
  ),
  get(
    '/notes/:id',
    {
      open: true,
      params: { type: 'object', required: ['id'], properties: { id: { type: 'integer' } } },
      returns: Note,
      errors: [NOTE.MISSING],
    },
    ({ params }) => {
      if (params.id % 2 === 1) throw NOTE.MISSING({ id: params.id });
      return { id: params.id, text: 'x' };
    },
  ),
  get(
    '/notes',
    {
      open: true,
      query: z.object({ page: z.number().int().min(1).default(1), tag: z.array(z.string()).optional() }),
      returns: { type: 'array', items: Note },
    },
    ({ query }) => [{ id: query.page, text: (query.tag ?? []).join() }],
  ),
  put('/notes/:id/:part?', { open: true, body: { type: 'string' }, accepts: 'text', returns: { 204: null } }, () => undefined),
  guarded(key).get('/mine', { returns: Note }, ({ user }) => ({ id: 1, text: user })),
  guarded(optional(key)).get('/greeting', {}, ({ user }) => user ?? undefined),
  guarded(anyOf(key, never)).post('/export', { body: {}, returns: { 200: media('text/csv') } }, () => 'a,b'),
];

@Module({ imports: [HttpModule, OpenApiModule.with({ title: 'Notes', version: '1.0.0' })], routes })
class NotesModule {}

interface Target {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

const text = fc.oneof(fc.string({ maxLength: 8 }), fc.integer().map(String), fc.constantFrom('1', '2', 'good', 'true', '1.5', 'ä'));
const json = fc.oneof(
  fc.record({ text: fc.constantFrom('abc', 'abcd', 'ä'), tags: fc.constant(['a']) }, { requiredKeys: ['text'] }),
  fc.record(
    {
      text: fc.oneof(fc.string({ maxLength: 24 }), fc.integer()),
      tags: fc.oneof(fc.array(fc.string({ maxLength: 3 }), { maxLength: 4 }), fc.jsonValue()),
    },
    { requiredKeys: [] },
  ),
  fc.jsonValue({ maxDepth: 3 }),
);
const request = fc.record({
  values: fc.array(text, { minLength: 4, maxLength: 4 }),
  queries: fc.array(fc.option(text), { minLength: 4, maxLength: 4 }),
  surplus: fc.boolean(),
  key: fc.constantFrom(undefined, 'good', 'bad'),
  body: fc.oneof(
    json.map((value) => JSON.stringify(value)),
    fc.string({ maxLength: 10 }),
  ),
  contentType: fc.constantFrom('application/json', 'application/json', 'text/plain', 'text/csv', undefined),
});
type Request = typeof request extends fc.Arbitrary<infer T> ? T : never;

test('no answer to a thousand odd requests is one that the document does not describe [OA-02]', async () => {
  await using app = await testApp(NotesModule).start();
  const document = toOpenApi(app.app);
  const targets = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ method, path, operation: operation as Operation })),
  );
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...targets), request, async (target, given) => {
      const response = await send(app, target, given);
      seen.add(`${target.method} ${target.path} ${response.status}`);
      await expectDescribed(document, target, response);
    }),
    { numRuns: 1000, seed: Number(process.env['FUZZ_SEED'] ?? 1) },
  );
  // The requests reach what they are meant to reach: each route's success, and each kind of refusal.
  for (const wanted of [
    'post /notes 201',
    'post /notes 409',
    'post /notes 422',
    'post /notes 400',
    'post /notes 415',
    'get /notes/{id} 200',
    'get /notes/{id} 404',
    'get /notes/{id} 422',
    'get /notes 200',
    'get /mine 401',
    'get /mine 200',
    'get /greeting 204',
    'get /greeting 200',
    'post /export 200',
  ]) {
    expect([...seen].sort()).toContain(wanted);
  }
}, 60_000);

function send(app: TestApp, { method, path, operation }: Target, given: Request): Promise<InjectResponse> {
  const values = [...given.values];
  // An empty value is another path; a dot segment is refused before any route is looked for.
  const route = path.replace(/\{[^}]+\}/g, () =>
    encodeURIComponent((values.shift() ?? '1').replace(/^\.{0,2}$/, '1').replace(/[^\w.ä-]/g, '_')),
  );
  const names = [
    ...(operation.parameters ?? []).filter((parameter: Parameter) => parameter.in === 'query').map(({ name }) => name),
    ...(given.surplus ? ['surplus'] : []),
  ];
  const query = Object.fromEntries(names.map((name, index) => [name, given.queries[index] ?? undefined]));
  const headers = {
    ...(given.key !== undefined && { 'x-key': given.key }),
    ...(given.contentType !== undefined && { 'content-type': given.contentType }),
  };
  return app.client.request(method.toUpperCase(), route, {
    query,
    headers,
    ...(operation.requestBody !== undefined && { body: given.body }),
  });
}

async function expectDescribed(document: OpenApiDocument, { method, path, operation }: Target, response: InjectResponse): Promise<void> {
  const name = `${method} ${path} ${response.status} ${response.text().slice(0, 300)}`;
  const described = operation.responses[String(response.status)];
  expect(described, name).toBeDefined();
  const { content } = resolve(document, described as { $ref?: string }) as Response;
  const mediaType = String(response.headers['content-type'] ?? '').split(';')[0]!;
  if (content === undefined || response.status === 204) return expect(response.body.length, name).toBe(0);
  expect(Object.keys(content), name).toContain(mediaType);
  if (!mediaType.endsWith('json')) return;
  const checked = await compiled(document, content[mediaType]!.schema!).check(response.json());
  expect(checked.issues ?? [], name).toEqual([]);
}

const checks = new Map<JsonObject, CompiledSchema<unknown>>();

function compiled(document: OpenApiDocument, schema: JsonObject): CompiledSchema<unknown> {
  const known = checks.get(schema);
  if (known !== undefined) return known;
  const whole = JSON.stringify({ allOf: [schema], $defs: document.components.schemas }).replaceAll('#/components/schemas/', '#/$defs/');
  const check = compile(JSON.parse(whole) as JsonObject, { unknown: 'keep', limits: false });
  checks.set(schema, check);
  return check;
}

function resolve(document: OpenApiDocument, response: { readonly $ref?: string }): object {
  const name = response.$ref?.replace('#/components/responses/', '');
  return name === undefined ? response : document.components.responses[name]!;
}
