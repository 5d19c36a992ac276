import { createApp, Module } from '@plinth/core';
import { defineBodyReader, HttpModule, post } from '@plinth/http';
import { field, file, files, multipart } from '@plinth/http/multipart';
import { toOpenApi } from '@plinth/openapi';
import { expect, test } from 'vitest';

test('a multipart form stands in the document with its files', async () => {
  const body = multipart({
    avatar: file({ types: ['image/png', 'image/jpeg'], description: 'A face' }),
    gallery: files({ max: 5 }),
    title: { type: 'string' },
    note: field({ type: 'string' }, { optional: true }),
  });
  const lines = post('/lines', { open: true, accepts: 'ndjson', body: { type: 'object' } }, () => 'x');
  const own = post('/own', { open: true, body: { type: 'object' } }, () => 'x');

  @Module({
    imports: [
      HttpModule.with({ accepts: ['json', defineBodyReader({ mediaType: 'application/cbor', limit: 10, read: (bytes) => bytes })] }),
    ],
    routes: [post('/', { open: true, body }, () => 'x'), lines, own],
  })
  class App {}
  await using app = await createApp(App, { env: {}, envFile: false });
  const { paths } = toOpenApi(app, { title: 'x', version: '1' });
  expect((paths['/']!.post as { requestBody: { content: object } }).requestBody.content).toEqual({
    'multipart/form-data': {
      schema: {
        type: 'object',
        properties: {
          avatar: { type: 'string', format: 'binary', description: 'A face' },
          gallery: { type: 'array', items: { type: 'string', format: 'binary' }, maxItems: 5 },
          title: { type: 'string' },
          note: { type: 'string' },
        },
        required: ['avatar', 'title'],
      },
      encoding: { avatar: { contentType: 'image/png, image/jpeg' }, gallery: { contentType: 'application/octet-stream' } },
    },
  });
  const typesOf = (path: string) => Object.keys((paths[path]!.post as { requestBody: { content: object } }).requestBody.content);
  expect(typesOf('/lines')).toEqual(['application/x-ndjson', 'application/ndjson']);
  expect(typesOf('/own')).toEqual(['application/json', 'application/cbor']);
});
