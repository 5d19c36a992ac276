import { get, html, inject, post } from '@plinth/http';
import { expect, test } from 'vitest';
import { build } from '../support/serve.js';

const Note = { type: 'object', properties: { text: { type: 'string' } } } as const;
const routes = [
  get('/json', { open: true, returns: Note }, () => ({ text: 'x' })),
  get('/words', { open: true }, () => 'x'),
  get('/page', { open: true, returns: { 200: html() } }, () => html`<!doctype html><title>x</title>`),
  get('/fails', { open: true, returns: Note }, () => {
    throw new Error('broken');
  }),
  post('/json', { open: true, body: Note, returns: Note }, ({ body }) => body),
];
/** A success, a document, and errors of the handler, of the check and of the router. */
const calls: readonly (readonly [string, string, string | undefined])[] = [
  ['GET', '/json', undefined],
  ['GET', '/words', undefined],
  ['GET', '/page', undefined],
  ['GET', '/fails', undefined],
  ['GET', '/nowhere', undefined],
  ['DELETE', '/json', undefined],
  ['POST', '/json', '{"text":1}'],
  ['POST', '/json', '{'],
];

type Answer = Awaited<ReturnType<typeof inject>>;

async function eachAnswer(look: (answer: Answer, call: string) => void, env: Record<string, string> = {}): Promise<void> {
  await using server = await build({ routes, env });
  for (const [method, url, body] of calls) {
    const headers: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
    look(await inject(server.app, { method, url, headers, ...(body !== undefined && { body }) }), `${method} ${url} ${body ?? ''}`);
  }
}

test('every answer over https asks browsers to stay with it, for two years, subdomains included', () =>
  eachAnswer(({ headers }, call) => expect(headers['strict-transport-security'], call).toBe('max-age=63072000; includeSubDomains'), {
    APP_URL: 'https://shop.example',
    APP_HOSTS: 'localhost',
  }));

test('no answer may be taken for another type than it names', () =>
  eachAnswer(({ headers }, call) => expect(headers['x-content-type-options'], call).toBe('nosniff')));

test('no answer makes browsers tell other sites where a visitor came from', () =>
  eachAnswer(({ headers }, call) => expect(headers['referrer-policy'], call).toBe('no-referrer')));

test('no answer may be framed', () =>
  eachAnswer(({ headers }, call) => expect(String(headers['content-security-policy']), call).toContain("frame-ancestors 'none'")));

test('answers of an API may load and run nothing, and documents only what is their own', () =>
  eachAnswer(({ headers, status }, call) => {
    const document = call.includes('/page') && status === 200;
    const policy = String(headers['content-security-policy']);
    expect(policy, call).toMatch(document ? /^default-src 'self';/ : /^default-src 'none';/);
    expect(policy, call).toContain("base-uri 'none'");
    if (document) for (const part of ["script-src 'self'", "object-src 'none'"]) expect(policy).toContain(part);
  }));

test('every answer with a body names its type and its encoding', () =>
  eachAnswer(({ headers, status }, call) => {
    const type = call.includes('/page') ? 'text/html' : call.includes('/words') ? 'text/plain' : 'application/json';
    expect(headers['content-type'], call).toBe(`${status >= 400 ? 'application/problem+json' : type}; charset=utf-8`);
  }));

test('nothing tells what the server is made of', () =>
  eachAnswer(({ headers }, call) => {
    for (const name of ['server', 'x-powered-by', 'via']) expect(headers[name], call).toBeUndefined();
  }));
