import { createApp, Module } from '@plinth/core';
import { get, HttpModule, type VersioningOptions } from '@plinth/http';
import { toOpenApi } from '@plinth/openapi';
import { expect, test } from 'vitest';

const route = (version: string | readonly string[], summary: string) =>
  get('/orders', { open: true, version, summary, operationId: `orders${summary}` }, () => '');

async function documentOf(versioning: VersioningOptions) {
  const routes = [
    route('9', 'Nine'),
    route(['10', '11'], 'Ten'),
    get('/plain', { open: true, deprecated: { since: '2026-01-01' } }, () => ''),
  ];
  @Module({ imports: [HttpModule.with({ versioning })], routes })
  class App {}
  await using app = await createApp(App, { env: {}, envFile: false });
  return toOpenApi(app, { title: 'x', version: '1' });
}

test('versions in the path are paths of the document [RT-07]', async () => {
  const { paths } = await documentOf({ by: 'path' });
  expect(Object.keys(paths)).toEqual(expect.arrayContaining(['/v9/orders', '/v10/orders', '/v11/orders', '/plain']));
  const ids = ['/v10/orders', '/v11/orders'].map((path) => (paths[path]!.get as { operationId: string }).operationId);
  expect(new Set(ids).size).toBe(2);
});

test('of other versions the highest is shown, with its header [RT-07]', async () => {
  const { paths } = await documentOf({ by: 'header' });
  expect(paths['/orders']!.get).toMatchObject({
    summary: 'Ten',
    parameters: [{ name: 'API-Version', in: 'header', required: true, schema: { type: 'string', enum: ['10', '11'] } }],
  });
  expect((await documentOf({ by: 'header', default: '10' })).paths['/orders']!.get).toMatchObject({ parameters: [{ required: false }] });
  expect((await documentOf({ by: 'media-type' })).paths['/orders']!.get).toMatchObject({ summary: 'Ten' });
  expect(paths['/plain']!.get).toMatchObject({ deprecated: true });
});
