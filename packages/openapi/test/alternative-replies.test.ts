import { createApp, Module } from '@plinth/core';
import { alternatives, get, HttpModule, ndjson } from '@plinth/http';
import { toOpenApi } from '@plinth/openapi';
import { expect, test } from 'vitest';

test('every form of a reply stands in the document, and the items of lines [IO-01]', async () => {
  const routes = [
    get('/choice', { open: true, returns: alternatives({ type: 'array', items: { type: 'integer' } }, { 'text/csv': String }) }, () => [1]),
    get('/lines', { open: true, returns: ndjson({ type: 'integer' }) }, () => [1]),
  ];
  @Module({ imports: [HttpModule.with({})], routes })
  class App {}
  await using app = await createApp(App, { env: {}, envFile: false });
  const { paths } = toOpenApi(app, { title: 'x', version: '1' });
  const contentOf = (path: string) => (paths[path]!.get as unknown as { responses: { 200: { content: object } } }).responses[200].content;
  expect(contentOf('/choice')).toEqual({
    'application/json': { schema: { type: 'array', items: { type: 'integer' } } },
    'text/csv': { schema: { type: 'string' } },
  });
  expect(contentOf('/lines')).toMatchObject({ 'application/x-ndjson': { schema: { type: 'string', 'x-items': { type: 'integer' } } } });
});
