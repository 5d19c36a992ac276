import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Clock } from '@plinth/core';
import { fakeClock } from '@plinth/testing';
import { defineCookie, get, inject, post, type InjectResponse, type SealedCookieOptions } from '@plinth/http';
import { build } from './support/serve.js';

const Prefs = { type: 'object', properties: { theme: { type: 'string', maxLength: 100_000 } }, required: ['theme'] } as const;
const defined = {
  signed: defineCookie('__Host-signed', { schema: Prefs, maxAge: 60 }),
  secret: defineCookie('__Host-secret', { schema: Prefs, encrypted: true, maxAge: 60 }),
  twin: defineCookie('__Host-twin', { schema: Prefs, maxAge: 60 }),
  other: defineCookie('__Host-other', { schema: Prefs, encrypted: true, maxAge: 60 }),
  session: defineCookie('__Host-session', { schema: Prefs }),
};
type Name = keyof typeof defined;
const names = Object.keys(defined) as Name[];
const key = (): string => randomBytes(32).toString('base64');
const APP_KEY = key();

const params = { type: 'object', properties: { name: { type: 'string', enum: names } }, required: ['name'] } as const;
const routes = [
  get(
    '/:name',
    { open: true, params, returns: { type: 'object', properties: { theme: { type: 'string' } } } },
    (context) => defined[context.params.name as Name].read(context) ?? {},
  ),
  post('/:name', { open: true, params, body: { type: 'object', properties: { theme: {} } }, returns: { 204: null } }, (context) =>
    defined[context.params.name as Name].write(context, context.body as never),
  ),
  post('/:name/clear', { open: true, params, returns: { 204: null } }, (context) => defined[context.params.name as Name].clear(context)),
];

interface Setting {
  readonly APP_KEY?: string;
  readonly clock?: Clock;
}

const start = (setting: Setting = {}) =>
  build({
    routes,
    http: { cookies: Object.values(defined) },
    env: { APP_KEY: setting.APP_KEY ?? APP_KEY },
    ...(setting.clock && { clock: setting.clock }),
  });
type Server = Awaited<ReturnType<typeof start>>;

async function write(server: Server, name: Name, theme: string): Promise<string> {
  const response = await inject(server.app, { method: 'POST', url: `/${name}`, body: { theme } });
  expect(response.status).toBe(204);
  return valueOf(response);
}

const valueOf = (response: InjectResponse): string => /^[^=]+=([^;]*)/.exec(String(response.headers['set-cookie']))?.[1] ?? '';
const read = (server: Server, name: Name, value: string): Promise<InjectResponse> =>
  inject(server.app, { url: `/${name}`, headers: { cookie: `__Host-${name}=${value}` } });
const themeOf = async (server: Server, name: Name, value: string): Promise<unknown> =>
  ((await read(server, name, value)).json() as { theme?: unknown }).theme;

describe('a sealed cookie', () => {
  test('comes back as it was written, with safe attributes [IO-11]', async () => {
    await using server = await start();
    for (const name of names) expect(await themeOf(server, name, await write(server, name, 'dunkel – 夜')), name).toBe('dunkel – 夜');
    const response = await inject(server.app, { method: 'POST', url: '/secret', body: { theme: 'x' } });
    expect(String(response.headers['set-cookie'])).toMatch(
      /^__Host-secret=v1\.[^;]+; Path=\/; Max-Age=60; Secure; HttpOnly; SameSite=Lax$/,
    );
    expect((await inject(server.app, { url: '/secret' })).json()).toEqual({});
    const cleared = await inject(server.app, { method: 'POST', url: '/secret/clear' });
    expect(String(cleared.headers['set-cookie'])).toMatch(/^__Host-secret=; Path=\/; Max-Age=0; Secure/);
  });

  test('can be read by the client when it is signed, and not when it is encrypted [IO-11]', async () => {
    await using server = await start();
    const inside = (value: string) =>
      value
        .split('.')
        .map((part) => Buffer.from(part, 'base64url').toString('latin1'))
        .join(' ');
    expect(inside(await write(server, 'signed', 'visible'))).toContain('visible');
    expect(inside(await write(server, 'secret', 'visible'))).not.toContain('visible');
    expect(await write(server, 'secret', 'same')).not.toBe(await write(server, 'secret', 'same'));
  });

  test('that was changed in any character, cut or extended is read as none [IO-11]', async () => {
    await using server = await start();
    for (const name of ['signed', 'secret'] as const) {
      const value = await write(server, name, 'a');
      for (let index = 0; index < value.length; index++) {
        const changed = value.slice(0, index) + (value[index] === 'A' ? 'B' : 'A') + value.slice(index + 1);
        expect(await themeOf(server, name, changed), `${name} at ${index}`).toBeUndefined();
      }
      for (let length = 0; length < value.length; length += 3) expect(await themeOf(server, name, value.slice(0, length))).toBeUndefined();
      for (const wrong of [
        `${value}A`,
        `${value}.A`,
        `.${value}`,
        value.toUpperCase(),
        'v1...',
        's1...',
        'v1.a.b.c',
        's2.a.b.c',
        '%00',
        '....',
        'A'.repeat(4000),
      ])
        expect(await themeOf(server, name, wrong), wrong).toBeUndefined();
    }
  });

  test('with a shortened authentication tag is read as none [IO-11]', async () => {
    await using server = await start();
    const parts = (await write(server, 'secret', 'a')).split('.');
    const bytes = Buffer.from(parts[3] as string, 'base64url');
    for (const length of [4, 8, 12, 15]) {
      const short = [...parts.slice(0, 3), bytes.subarray(0, bytes.length - 16 + length).toString('base64url')].join('.');
      expect(await themeOf(server, 'secret', short)).toBeUndefined();
    }
  });

  test('counts under its own name and purpose only [IO-11]', async () => {
    await using server = await start();
    const values = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await write(server, name, name)] as const)));
    for (const from of names)
      for (const to of names)
        expect(await themeOf(server, to, values[from] as string), `${from} as ${to}`).toBe(from === to ? to : undefined);
  });

  test('counts no more after its time, whatever the client keeps [IO-11]', async () => {
    const clock = fakeClock();
    await using server = await start({ clock });
    const value = await write(server, 'secret', 'a');
    const lasting = await write(server, 'session', 'b');
    await clock.advance(59_999);
    expect(await themeOf(server, 'secret', value)).toBe('a');
    await clock.advance(1);
    expect(await themeOf(server, 'secret', value)).toBeUndefined();
    expect(await themeOf(server, 'session', lasting)).toBe('b');
    await clock.advance(86_400_000);
    expect(await themeOf(server, 'session', lasting)).toBeUndefined();
  });

  test('of a former key is accepted and sent anew with the time that it had left; without that key it is none [IO-11]', async () => {
    const clock = fakeClock();
    const newer = key();
    await using before = await start({ clock });
    for (const name of ['signed', 'secret'] as const) {
      const value = await write(before, name, 'a');
      await clock.advance(20_000);
      await using rotated = await start({ APP_KEY: `${newer},${APP_KEY}`, clock });
      const response = await read(rotated, name, value);
      expect(response.json()).toEqual({ theme: 'a' });
      expect(String(response.headers['set-cookie'])).toContain('Max-Age=40;');
      await using after = await start({ APP_KEY: newer, clock });
      const renewed = await read(after, name, valueOf(response));
      expect([renewed.json(), renewed.headers['set-cookie']]).toEqual([{ theme: 'a' }, undefined]);
      expect(await themeOf(after, name, value)).toBeUndefined();
    }
  });

  test('with a value of another shape, as of an earlier release, is read as none', async () => {
    const before = defineCookie('__Host-shape', { schema: { type: 'number' } });
    const after = defineCookie('__Host-shape', { schema: Prefs });
    const shapes = [
      post('/write', { open: true, returns: { 204: null } }, (context) => before.write(context, 7)),
      get('/read', { open: true, returns: {} }, (context) => after.read(context) ?? 'none'),
    ];
    await using server = await build({ routes: shapes, http: { cookies: [after] }, env: { APP_KEY } });
    const value = valueOf(await inject(server.app, { method: 'POST', url: '/write' }));
    expect((await inject(server.app, { url: '/read', headers: { cookie: `__Host-shape=${value}` } })).json()).toBe('none');
  });

  test('that is too large or of the wrong shape cannot be written (HTTP_COOKIE)', async () => {
    await using server = await start();
    for (const body of [{ theme: 'x'.repeat(4000) }, { theme: 7 }]) {
      expect((await inject(server.app, { method: 'POST', url: '/secret', body })).status).toBe(500);
      expect(JSON.stringify(server.logs.at(-1))).toContain('HTTP_COOKIE');
    }
  });

  test('that no browser would keep is refused where it is defined (HTTP_COOKIE)', () => {
    const wrong: [string, Partial<SealedCookieOptions<typeof Prefs>>][] = [
      ['a b', {}],
      ['a=b', {}],
      ['__Host-x', { path: '/a' }],
      ['__Host-x', { domain: 'example.com' }],
      ['x', { sameSite: 'none', secure: false }],
      ['x', { maxAge: 0 }],
      ['x', { maxAge: 1.5 }],
    ];
    for (const [name, options] of wrong)
      expect(() => defineCookie(name, { schema: Prefs, ...options }), name).toThrow(expect.objectContaining({ code: 'HTTP_COOKIE' }));
  });

  test('needs the APP_KEY when the application starts in production', async () => {
    const env = { NODE_ENV: 'production', APP_HOSTS: 'shop.example' };
    await expect(build({ routes, http: { cookies: [defined.signed] }, env })).rejects.toThrow(/CORE_KEY_MISSING/);
  });

  test('is not there for a server that does not list it, which needs no key either (HTTP_COOKIE_KEY)', async () => {
    const env = { NODE_ENV: 'production', APP_HOSTS: 'shop.example' };
    for (const http of [{}, { cookies: [] }]) await (await build({ routes, http, env })).app.stop();
    await using server = await build({ routes, http: { cookies: [defined.signed] }, env: { APP_KEY } });
    expect((await inject(server.app, { method: 'POST', url: '/signed', body: { theme: 'a' } })).status).toBe(204);
    const response = await inject(server.app, { method: 'POST', url: '/secret', body: { theme: 'a' } });
    expect([response.status, JSON.stringify(server.logs)]).toEqual([500, expect.stringContaining('HTTP_COOKIE_KEY')]);
  });

  test('listed twice, or beside another of its name, stops the boot (HTTP_COOKIE)', async () => {
    const twin = defineCookie('__Host-signed', { schema: Prefs, encrypted: true });
    for (const other of [defined.signed, twin])
      await expect(build({ routes, http: { cookies: [defined.signed, other] }, env: { APP_KEY } })).rejects.toMatchObject({
        problems: [{ code: 'HTTP_COOKIE' }],
      });
  });
});
