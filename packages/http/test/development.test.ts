import { get } from '@plinth/http';
import { expect, test } from 'vitest';
import { serve } from './support/serve.js';

const failing = get('/fail/:id', { open: true, returns: { 200: { type: 'string' } } }, () => {
  throw new Error('the author made <b>a mistake</b>');
});
const html = { accept: 'text/html,application/xhtml+xml' };

test('in development a browser gets a page with the line, the contract and its own policy', async () => {
  await using server = await serve({ routes: [failing] });
  const response = await fetch(`${server.url}/fail/1?token=tok-secret&a=b`, {
    headers: { ...html, cookie: 'session=cookie-secret', authorization: 'Bearer bearer-secret' },
  });
  const text = await response.text();
  expect(response.status).toBe(500);
  expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(response.headers.get('cache-control')).toBe('no-store');
  const policy = response.headers.get('content-security-policy')!;
  const nonce = /script-src 'nonce-([^']+)'/.exec(policy)![1]!;
  expect(policy).toContain("default-src 'none'");
  for (const tag of text.match(/<(?:script|style)\b[^>]*>/g) ?? []) expect(tag).toContain(nonce);
  expect(text).toContain('development.test');
  expect(text).toContain('GET /fail/:id');
  expect(text).not.toContain('<b>a mistake</b>');
  for (const secret of ['tok-secret', 'cookie-secret', 'bearer-secret']) expect(text).not.toContain(secret);
});

test('other clients keep the problem with its stack, and a refusal is no page', async () => {
  await using server = await serve({ routes: [failing] });
  const response = await fetch(`${server.url}/fail/1`, { headers: { accept: 'application/json' } });
  expect(response.headers.get('content-type')).toContain('application/problem+json');
  expect(await response.json()).toMatchObject({
    code: 'INTERNAL',
    stack: expect.arrayContaining([expect.stringContaining('development.test')]),
  });
  const missing = await fetch(`${server.url}/nothing`, { headers: html });
  expect(missing.status).toBe(404);
  expect(missing.headers.get('content-type')).toContain('application/problem+json');
});

test('in production there is no page, whatever is installed and asked for', async () => {
  const env = { NODE_ENV: 'production', APP_HOSTS: '127.0.0.1,localhost', HOST: '127.0.0.1' };
  await using server = await serve({ routes: [failing], env });
  const response = await fetch(`${server.url}/fail/1`, { headers: html });
  expect(response.status).toBe(500);
  expect(response.headers.get('content-type')).toContain('application/problem+json');
  expect(await response.text()).not.toContain('mistake');
});
