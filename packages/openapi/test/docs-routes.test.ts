import { createApp, Module, type App, type ModuleRef } from '@plinth/core';
import { defineGuard, get, HttpModule, inject, unauthenticated } from '@plinth/http';
import { OpenApiModule, toOpenApi, type OpenApiOptions } from '@plinth/openapi';
import { testApp } from '@plinth/testing';
import { expect, test } from 'vitest';
import { lint } from './support/lint.js';

const info = { title: 'Tea & <Cakes>', version: '2.0.0' };
const Greeting = { $id: 'Greeting', type: 'object', required: ['text'], properties: { text: { type: 'string' } } } as const;
const routes = [get('/greeting', { open: true, returns: Greeting }, () => ({ text: 'hello' }))];

function appWith(options: OpenApiOptions | undefined, prefix?: string): ModuleRef {
  @Module({
    imports: [
      prefix === undefined ? HttpModule : HttpModule.with({ prefix }),
      ...(options === undefined ? [] : [OpenApiModule.with(options)]),
    ],
    routes,
  })
  class AppModule {}
  return AppModule;
}

const production = {
  NODE_ENV: 'production',
  APP_HOSTS: 'example.com',
  APP_URL: 'https://example.com',
  APP_KEY: Buffer.alloc(32, 7).toString('base64'),
  PORT: '0',
  HOST: '127.0.0.1',
};

async function inProduction(root: ModuleRef, use: (app: App) => Promise<void>): Promise<void> {
  const app = await createApp(root, { env: production, envFile: false, logger: { write: () => undefined } });
  try {
    await use(app);
  } finally {
    await app.stop();
  }
}

test('the document is served as JSON, is valid, and says where it can be read again unchanged [OA-01]', async () => {
  await using app = await testApp(appWith(info)).start();
  const first = await app.client.get('/openapi.json');
  expect(first.status).toBe(200);
  expect(first.headers['content-type']).toMatch(/^application\/json/);
  const document = first.json() as { paths: object };
  expect(document).toMatchObject({
    openapi: '3.1.1',
    info,
    paths: {
      '/greeting': {
        get: { responses: { '200': { content: { 'application/json': { schema: { $ref: '#/components/schemas/Greeting' } } } } } },
      },
    },
  });
  expect(document.paths).not.toHaveProperty('/docs');
  expect((await lint(document)).filter(({ severity }) => severity === 'error')).toEqual([]);
  const etag = String(first.headers['etag']);
  const again = await app.client.get('/openapi.json', { headers: { 'if-none-match': etag } });
  expect(again.status).toBe(304);
  expect(again.text()).toBe('');
  expect((await app.client.get('/openapi.json', { headers: { 'if-none-match': '"other"' } })).status).toBe(200);
}, 60_000);

test('the docs page loads everything from its own origin, and its policy forbids anything else', async () => {
  await using app = await testApp(appWith(info)).start();
  const page = await app.client.get('/docs');
  expect(page.status).toBe(200);
  expect(page.headers['content-type']).toMatch(/^text\/html/);
  expect(page.headers['content-security-policy']).toContain("script-src 'self';");
  expect(page.headers['content-security-policy']).toContain("connect-src 'self'");
  const html = page.text();
  expect(html).toContain('<title>Tea &#38; &#60;Cakes&#62;</title>');
  expect(html).not.toMatch(/https?:\/\//);
  expect(html).not.toMatch(/<script(?![^>]*\ssrc=)/);
  const links = [...html.matchAll(/(?:src|href)="(?!data:)([^"]+)"/g)].map(([, link]) => link!);
  expect(links.length).toBe(3);
  for (const link of links) {
    const file = await app.client.get(new URL(link, 'http://localhost/docs').pathname);
    expect([link, file.status]).toEqual([link, 200]);
    expect(file.headers['content-type']).toMatch(/^text\/(javascript|css)/);
  }
});

test('a 304 keeps the policy of the page: browsers put the headers of a 304 in the place of those they kept', async () => {
  await using app = await testApp(appWith(info)).start();
  const page = await app.client.get('/docs');
  const again = await app.client.get('/docs', { headers: { 'if-none-match': String(page.headers['etag']) } });
  expect(again.status).toBe(304);
  expect(again.headers['content-security-policy']).toBe(page.headers['content-security-policy']);
});

test('the links of the page hold under a prefix, and paths can be chosen', async () => {
  await using app = await testApp(appWith({ ...info, path: '/meta/api.json', docs: '/meta/help' }, '/v1')).start();
  const page = (await app.client.get('/v1/meta/help')).text();
  expect(page).toContain('content="api.json"');
  expect(page).toContain('src="help/start.js"');
  expect((await app.client.get('/v1/meta/help/start.js')).status).toBe(200);
  expect((await app.client.get('/v1/meta/api.json')).json()).toHaveProperty(['paths', '/v1/greeting']);
  expect((await app.client.get('/docs')).status).toBe(404);
});

test('`docs: false` serves the document only, `path: false` nothing', async () => {
  await using one = await testApp(appWith({ ...info, docs: false })).start();
  expect([(await one.client.get('/openapi.json')).status, (await one.client.get('/docs')).status]).toEqual([200, 404]);
  await using none = await testApp(appWith({ ...info, path: false })).start();
  expect([(await none.client.get('/openapi.json')).status, (await none.client.get('/docs')).status]).toEqual([404, 404]);
});

test('in production neither exists unless it is open or guarded', async () => {
  await inProduction(appWith(info), async (app) => {
    expect((await inject(app, { method: 'GET', url: '/openapi.json' })).status).toBe(404);
    expect((await inject(app, { method: 'GET', url: '/docs' })).status).toBe(404);
    expect((await inject(app, { method: 'POST', url: '/docs' })).status).toBe(404);
  });
  await inProduction(appWith({ ...info, open: true }), async (app) => {
    expect((await inject(app, { method: 'GET', url: '/openapi.json' })).status).toBe(200);
    expect((await inject(app, { method: 'GET', url: '/docs' })).status).toBe(200);
  });
});

test('a guard stands in front of document, page and files, in production and elsewhere', async () => {
  const staff = defineGuard({
    name: 'staff',
    run(context) {
      if (context.header('x-staff') !== 'yes') throw unauthenticated();
    },
  });
  await inProduction(appWith({ ...info, guards: [staff] }), async (app) => {
    for (const url of ['/openapi.json', '/docs', '/docs/start.js', '/docs/swagger-ui.css']) {
      expect((await inject(app, { method: 'GET', url })).status).toBe(401);
      const shown = await inject(app, { method: 'GET', url, headers: { 'x-staff': 'yes' } });
      expect(shown.status).toBe(200);
      expect(shown.headers['cache-control']).toBe('private, no-cache');
    }
  });
});

test('toOpenApi gives the document of an application that was only built', async () => {
  await inProduction(appWith(info), async (app) => {
    expect(toOpenApi(app)).toMatchObject({ info, paths: { '/greeting': {} } });
    expect(toOpenApi(app, { title: 'Other', version: '3' }).info).toEqual({ title: 'Other', version: '3' });
  });
});

test('toOpenApi needs a title from somewhere', async () => {
  await inProduction(appWith(undefined), async (app) => {
    expect(() => toOpenApi(app)).toThrow(expect.objectContaining({ code: 'OPENAPI_NO_INFO' }));
    expect(toOpenApi(app, info).info).toEqual(info);
  });
});

test('an operationId that is given twice stops the boot', async () => {
  @Module({
    imports: [HttpModule, OpenApiModule.with(info)],
    routes: ['/a', '/b'].map((path) => get(path, { open: true, operationId: 'same' }, () => '')),
  })
  class TwiceModule {}
  await expect(testApp(TwiceModule).start()).rejects.toMatchObject({
    problems: [expect.objectContaining({ code: 'OPENAPI_OPERATION_ID' })],
  });
});

test("the application's own error body is what the document describes", async () => {
  const schema = { title: 'Errors', type: 'object', properties: { errors: { type: 'object' } } } as const;
  @Module({
    imports: [
      HttpModule.with({
        errorBody: ({ code }) => ({ body: { errors: { code } } }),
        errorSchema: { schema, contentType: 'application/json' },
      }),
      OpenApiModule.with(info),
    ],
    routes,
  })
  class OwnErrors {}
  await using app = await testApp(OwnErrors).start();
  const document = (await app.client.get('/openapi.json')).json() as { components: { responses: object } };
  expect(document.components.responses).toMatchObject({
    BadRequest: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Errors' } } } },
  });
});
