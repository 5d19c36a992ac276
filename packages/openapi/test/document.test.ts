import { Type } from 'typebox';
import { z } from 'zod';
import { describe, expect, test } from 'vitest';
import { defineErrors } from '@plinth/core';
import {
  anyOf,
  Controller,
  created,
  defineGuard,
  Get,
  get,
  guarded,
  media,
  optional,
  post,
  Put,
  readRoutes,
  reply,
  route,
  type RouteDefinition,
} from '@plinth/http';
import { buildDocument, type DocumentOptions, type OpenApiDocument, type Operation } from '@plinth/openapi';
import { lint } from './support/lint.js';

const options: DocumentOptions = { title: 'Orders', version: '1.0.0', license: { name: 'MIT', identifier: 'MIT' } };

function documentOf(routes: readonly RouteDefinition[], more: Partial<DocumentOptions> = {}): OpenApiDocument {
  return buildDocument(
    routes.map((definition) => ({ definition, path: definition.path })),
    { ...options, ...more },
  );
}

function operation(document: OpenApiDocument, method: string, path: string): Operation {
  const found = document.paths[path]?.[method] as Operation | undefined;
  if (found === undefined) throw new Error(`${method} ${path} is not in ${Object.keys(document.paths).join(', ')}`);
  return found;
}

const bearer = defineGuard({
  name: 'bearer',
  security: { name: 'bearer', scheme: { type: 'http', scheme: 'bearer' } },
  run: () => ({ user: 'ada' }),
});
const apiKey = defineGuard({
  name: 'apiKey',
  security: { name: 'apiKey', scheme: { type: 'apiKey', in: 'header', name: 'X-Key' }, scopes: ['orders'] },
  run: () => ({ user: 'job' }),
});
const roleless = defineGuard({ name: 'weekday', run: () => undefined });

const Order = {
  $id: 'Order',
  type: 'object',
  description: 'An order.',
  required: ['id', 'lines'],
  properties: {
    id: { type: 'string' },
    lines: { type: 'array', items: { $id: 'Line', type: 'object', required: ['sku'], properties: { sku: { type: 'string' } } } },
  },
} as const;
const NewOrder = { title: 'New order', type: 'object', required: ['sku'], properties: { sku: { type: 'string' } } } as const;
const ORDER = defineErrors('ORDER', {
  NOT_FOUND: { kind: 'not-found', detail: 'No order {id}.' },
  LOCKED: { kind: 'conflict', detail: 'Locked.' },
});

const signedIn = guarded(bearer);

@Controller('/orders')
class OrdersController {
  @signedIn.Post('/', {
    body: NewOrder,
    returns: { 201: Order },
    description: 'Places it.',
    examples: { body: { sku: 'tea' }, returns: { 201: { id: '1', lines: [] } } },
  })
  placeOrder() {
    return created({ id: '', lines: [] });
  }

  @Get('/:id', {
    open: true,
    params: { type: 'object', required: ['id'], properties: { id: { type: 'string', format: 'uuid', description: 'Which.' } } },
    query: z.object({ expand: z.array(z.string()).optional(), page: z.number().default(1) }),
    headers: { type: 'object', properties: { 'x-tenant': { type: 'string', deprecated: true }, authorization: { type: 'string' } } },
    cookies: { type: 'object', properties: { theme: { type: 'string' } } },
    returns: Order,
    errors: [ORDER.NOT_FOUND, ORDER.LOCKED, { code: 'ORDER_OLD', status: 404, description: 'Archived.' }],
    deprecated: true,
  })
  find() {
    return { id: '', lines: [] };
  }

  @Put('/:id/label', { open: true, body: { type: 'string' }, accepts: ['text', 'json'], returns: { 200: media('image/png'), 204: null } })
  label() {
    return reply(200, 'x');
  }
}

const routes: readonly RouteDefinition[] = [
  ...readRoutes(OrdersController),
  get('/health', { open: true }, () => 'ok'),
  get('/pages/:slug?', { open: true, returns: media('text/html') }, () => '<p>'),
  get('/files/*path', { open: true, returns: media('application/octet-stream') }, () => 'x'),
  get('/reports/:year.:month', { open: true, returns: { type: 'array', items: Order } }, () => []),
  guarded(anyOf(bearer, apiKey)).get('/both', {}, () => ''),
  guarded(optional(bearer)).get('/maybe', {}, () => ''),
  guarded(bearer, apiKey).get('/all', {}, () => ''),
  guarded(roleless).get('/weekday', {}, () => ''),
  get('/hidden', { open: true, hidden: true }, () => ''),
  route('QUERY', '/search', { open: true, body: z.object({ q: z.string() }).meta({ id: 'Search' }), returns: {} }, () => 1),
];

describe('the document', () => {
  const document = documentOf(routes, { tags: [{ name: 'Orders', description: 'What people order.' }] });

  test('passes redocly lint with its recommended rules [OA-01]', async () => {
    const findings = await lint(document);
    // The linter does not look below `x-methods`.
    expect(findings.filter(({ at }) => at !== '#/components/schemas/Search')).toEqual([]);
  }, 60_000);

  test('is the same for the same routes', () => {
    expect(JSON.stringify(documentOf(routes))).toBe(JSON.stringify(documentOf(routes)));
  });

  test('is plain JSON', () => {
    expect(JSON.parse(JSON.stringify(document))).toEqual(document);
  });

  test('names operations by controller and method, or by method and path, and sums them up', () => {
    expect(operation(document, 'post', '/orders')).toMatchObject({
      operationId: 'ordersPlaceOrder',
      summary: 'Place order',
      tags: ['Orders'],
      description: 'Places it.',
    });
    expect(operation(document, 'get', '/health')).toMatchObject({ operationId: 'getHealth', summary: 'GET /health' });
  });

  test('writes schemas with an $id or a title once, wherever they stand', () => {
    expect(Object.keys(document.components.schemas)).toEqual(['Line', 'NewOrder', 'Order', 'Problem', 'Search']);
    expect(document.components.schemas['Order']).toMatchObject({ properties: { lines: { items: { $ref: '#/components/schemas/Line' } } } });
    expect(JSON.stringify(document)).not.toContain('"$id"');
    expect(operation(document, 'post', '/orders').requestBody).toEqual({
      required: true,
      content: { 'application/json': { schema: { $ref: '#/components/schemas/NewOrder' }, example: { sku: 'tea' } } },
    });
    expect(operation(document, 'get', '/reports/{year}.{month}').responses['200']).toMatchObject({
      content: { 'application/json': { schema: { type: 'array', items: { $ref: '#/components/schemas/Order' } } } },
    });
  });

  test('lists path, query, header and cookie parameters with their schemas', () => {
    const { parameters, deprecated } = operation(document, 'get', '/orders/{id}');
    expect(deprecated).toBe(true);
    expect(parameters).toEqual([
      { name: 'id', in: 'path', required: true, description: 'Which.', schema: { type: 'string', format: 'uuid' } },
      { name: 'expand', in: 'query', required: false, schema: { type: 'array', items: { type: 'string' } } },
      { name: 'page', in: 'query', required: false, schema: { default: 1, type: 'number' } },
      { name: 'x-tenant', in: 'header', required: false, deprecated: true, schema: { type: 'string' } },
      { name: 'theme', in: 'cookie', required: false, schema: { type: 'string' } },
    ]);
  });

  test('writes an optional parameter as two paths, and the rest of a path as a parameter', () => {
    expect(operation(document, 'get', '/pages').parameters).toBeUndefined();
    expect(operation(document, 'get', '/pages/{slug}').parameters).toMatchObject([{ name: 'slug' }]);
    expect(operation(document, 'get', '/pages').operationId).not.toBe(operation(document, 'get', '/pages/{slug}').operationId);
    expect(operation(document, 'get', '/files/{path}').parameters).toMatchObject([{ name: 'path', in: 'path' }]);
  });

  test('gives each body format and each reply its media type', () => {
    const { requestBody, responses } = operation(document, 'put', '/orders/{id}/label');
    expect(Object.keys(requestBody!.content)).toEqual(['text/plain', 'application/json']);
    expect(responses['200']).toMatchObject({ content: { 'image/png': { schema: {} } } });
    expect(responses['204']).toEqual({ description: 'No Content' });
    expect(operation(document, 'post', '/orders').responses['201']).toMatchObject({
      description: 'An order.',
      content: { 'application/json': { schema: { $ref: '#/components/schemas/Order' }, example: { id: '1', lines: [] } } },
    });
  });

  test('lists the errors that a route can give, and no others', () => {
    expect(Object.keys(operation(document, 'post', '/orders').responses)).toEqual([
      '201',
      '400',
      '401',
      '403',
      '413',
      '415',
      '422',
      '500',
      '503',
    ]);
    expect(Object.keys(operation(document, 'get', '/health').responses)).toEqual(['200', '204', '400', '500', '503']);
    expect(Object.keys(operation(document, 'get', '/weekday').responses)).toEqual(['200', '204', '400', '403', '500', '503']);
    expect(document.components.responses['UnprocessableEntity']).toMatchObject({
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    });
  });

  test('names the codes of declared errors', () => {
    const { responses } = operation(document, 'get', '/orders/{id}');
    expect(responses['404']).toMatchObject({ description: 'Not Found: ORDER_NOT_FOUND; ORDER_OLD (Archived.)' });
    expect(responses['409']).toMatchObject({ description: 'Conflict: ORDER_LOCKED' });
  });

  test('takes security from the guards', () => {
    expect(document.components.securitySchemes).toEqual({
      apiKey: { type: 'apiKey', in: 'header', name: 'X-Key' },
      bearer: { type: 'http', scheme: 'bearer' },
    });
    expect(operation(document, 'post', '/orders').security).toEqual([{ bearer: [] }]);
    expect(operation(document, 'get', '/both').security).toEqual([{ bearer: [] }, { apiKey: ['orders'] }]);
    expect(operation(document, 'get', '/maybe').security).toEqual([{ bearer: [] }, {}]);
    expect(operation(document, 'get', '/all').security).toEqual([{ bearer: [], apiKey: ['orders'] }]);
    expect(operation(document, 'get', '/health').security).toEqual([]);
  });

  test('leaves hidden routes out, and keeps methods that OpenAPI has no field for under x-methods', () => {
    expect(document.paths['/hidden']).toBeUndefined();
    expect(document.paths['/search']).toMatchObject({
      'x-methods': { QUERY: { requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Search' } } } } } },
    });
  });
});

test('the sent form of a schema that has defaults gets a name of its own', () => {
  const Page = z.object({ size: z.number().default(10) }).meta({ id: 'Page' });
  const { components } = documentOf([post('/pages', { open: true, body: Page, returns: Page }, () => ({ size: 1 }))]);
  expect(components.schemas['Page']).toMatchObject({ required: ['size'] });
  expect(components.schemas['PageInput']).not.toHaveProperty('required');
});

test('two schemas of one name are told apart by a number', () => {
  const a = { $id: 'Thing', type: 'string' } as const;
  const b = { $id: 'Thing', type: 'integer' } as const;
  const { components } = documentOf([get('/a', { open: true, returns: a }, () => ''), get('/b', { open: true, returns: b }, () => 1)]);
  expect(components.schemas).toMatchObject({ Thing: { type: 'string' }, Thing2: { type: 'integer' } });
});

test('references by $id, into $defs and to the schema itself become references to components', async () => {
  const Author = { $id: 'https://example.org/schemas/author.json', type: 'object', properties: { name: { type: 'string' } } } as const;
  const Article = {
    title: 'Article',
    type: 'object',
    properties: { author: { $ref: 'https://example.org/schemas/author.json' }, tag: { $ref: '#/$defs/Tag' } },
    $defs: { Tag: { type: 'string' } },
  } as const;
  const Tree = { type: 'object', properties: { children: { type: 'array', items: { $ref: '#' } } } } as const;
  const document = documentOf([
    get('/authors', { open: true, returns: Author }, () => ({})),
    get('/articles', { open: true, returns: Article }, () => ({})),
    get('/tree', { open: true, operationId: 'readTree', returns: Tree }, () => ({})),
  ]);
  expect(document.components.schemas).toMatchObject({
    Article: { properties: { author: { $ref: '#/components/schemas/author' }, tag: { $ref: '#/components/schemas/Tag' } } },
    Recursive: { properties: { children: { items: { $ref: '#/components/schemas/Recursive' } } } },
  });
  expect((await lint(document)).filter(({ severity }) => severity === 'error')).toEqual([]);
}, 60_000);

test('a value that looks like a reference stays a value', () => {
  const schema = { type: 'object', properties: { mode: { const: { $ref: '#' } } }, default: { $ref: 'Thing' } } as const;
  const document = documentOf([get('/', { open: true, returns: schema }, () => ({}) as never)]);
  expect(operation(document, 'get', '/').responses['200']).toMatchObject({ content: { 'application/json': { schema } } });
});

test('TypeBox schemas leave no marks of the library behind', () => {
  const document = documentOf([post('/t', { open: true, body: Type.Object({ a: Type.Optional(Type.String()) }), returns: {} }, () => 1)]);
  expect(operation(document, 'post', '/t').requestBody).toEqual({
    required: true,
    content: { 'application/json': { schema: { type: 'object', properties: { a: { type: 'string' } } } } },
  });
});

test('paths that differ in the names of their parameters are one path, under the first names', async () => {
  const document = documentOf([get('/a/:slug', { open: true }, () => ''), post('/a/:id', { open: true }, () => '')]);
  expect(Object.keys(document.paths)).toEqual(['/a/{slug}']);
  expect(operation(document, 'post', '/a/{slug}').parameters).toMatchObject([{ name: 'slug' }]);
  expect((await lint(document)).filter(({ severity }) => severity === 'error')).toEqual([]);
}, 60_000);

test('an operationId that two contracts give is refused, with both routes', () => {
  const twice = [get('/a', { open: true, operationId: 'same' }, () => ''), get('/b', { open: true, operationId: 'same' }, () => '')];
  expect(() => documentOf(twice)).toThrow(
    expect.objectContaining({ code: 'OPENAPI_OPERATION_ID', message: expect.stringContaining('GET /a and GET /b') }),
  );
});

test('a derived operationId never takes one that a contract gives', () => {
  function list(): string {
    return '';
  }
  const document = documentOf([
    get('/a', { open: true }, list),
    get('/b', { open: true, operationId: 'list' }, () => ''),
    get('/c', { open: true }, list),
  ]);
  expect(
    [operation(document, 'get', '/a'), operation(document, 'get', '/b'), operation(document, 'get', '/c')].map(
      ({ operationId }) => operationId,
    ),
  ).toEqual(['listGetA', 'list', 'listGetC']);
});

test('two schemes of one name are refused', () => {
  const other = defineGuard({
    name: 'other',
    security: { name: 'bearer', scheme: { type: 'http', scheme: 'basic' } },
    run: () => undefined,
  });
  expect(() => documentOf([guarded(bearer).get('/a', {}, () => ''), guarded(other).get('/b', {}, () => '')])).toThrow(
    expect.objectContaining({ code: 'OPENAPI_SECURITY_SCHEME' }),
  );
});

test("an application's own error body takes the place of problem details", () => {
  const errorBody = {
    contentType: 'application/json',
    schema: { title: 'Generic error', type: 'object', properties: { errors: { type: 'object' } } },
  };
  const document = buildDocument([{ definition: get('/a', { open: true }, () => ''), path: '/a' }], options, errorBody);
  expect(document.components.responses['BadRequest']).toMatchObject({
    content: { 'application/json': { schema: { $ref: '#/components/schemas/GenericError' } } },
  });
  expect(document.components.schemas).not.toHaveProperty('Problem');
});

test('a status that a contract declares itself keeps its own body beside the problem', () => {
  const own = { type: 'object', properties: { why: { type: 'string' } } } as const;
  const document = documentOf([
    post('/a', { open: true, body: { type: 'object' }, returns: { 204: null, 422: own } }, () => reply(204, undefined)),
  ]);
  expect(Object.keys((operation(document, 'post', '/a').responses['422'] as { content: object }).content).sort()).toEqual([
    'application/json',
    'application/problem+json',
  ]);
});
