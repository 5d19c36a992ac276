import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HTTP_SERVER, type HttpServer } from '@plinth/http';
import { generateKeyPairSync } from 'node:crypto';
import { provide } from '@plinth/core';
import Provider from 'oidc-provider';
import { expect, test, vi } from 'vitest';
import { google, oidc } from '@plinth/auth/oidc';
import { startOidc, type OidcApp } from './oidc-support.js';

// The provider tells on the console that it is not meant for production with these pages.
vi.spyOn(console, 'warn').mockImplementation(() => undefined);
vi.spyOn(console, 'info').mockImplementation(() => undefined);

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** Node's server of a certified provider, whose handler is set when its client's address is known. */
async function listen() {
  let handler: (request: IncomingMessage, response: ServerResponse) => void = () => undefined;
  const server = createServer((request, response) => handler(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    issuer,
    /** Starts the provider. */
    serve(client: Record<string, unknown>) {
      const provider = new Provider(issuer, {
        clients: [{ client_id: 'shop', client_secret: 'a secret of 32 characters or more', ...client }],
        jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), kid: 'rsa', alg: 'RS256', use: 'sig' }] },
        cookies: { keys: ['a key of the cookies'] },
        claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
        features: { backchannelLogout: { enabled: true } },
        // Its own refuses addresses of this machine.
        fetch: (url: string, { dispatcher: _guard, ...init }: RequestInit & { dispatcher?: unknown }) => fetch(url, init),
        findAccount: (_context: unknown, id: string) => ({
          accountId: id,
          claims: () => ({ sub: id, email: `${id}@example.com`, email_verified: id !== 'mallory', name: id }),
        }),
      });
      handler = provider.callback();
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

class Server {
  constructor(readonly http: HttpServer) {}
}

/** The user at the provider: keeps its cookies, follows its redirects, fills its forms, until it sends the browser away. */
class Visitor {
  readonly #cookies = new Map<string, string>();
  readonly #issuer: string;
  readonly #login: string;

  constructor(issuer: string, login: string) {
    this.#issuer = issuer;
    this.#login = login;
  }

  async agree(at: URL): Promise<URL> {
    let url = at;
    let form: URLSearchParams | undefined;
    for (let step = 0; step < 15; step += 1) {
      const answer = await this.#send(url, form);
      form = undefined;
      const location = answer.headers.get('location');
      if (location !== null) {
        url = new URL(location, url);
        if (url.origin !== this.#issuer) return url;
        continue;
      }
      const page = await answer.text();
      const action = /action="([^"]+)"/.exec(page)?.[1];
      if (action === undefined) throw new Error(`${answer.status} ${url.href} ${page.slice(0, 2_000)}`);
      url = new URL(action.replaceAll('&amp;', '&'), url);
      form = new URLSearchParams();
      for (const [, name, value] of page.matchAll(/name="([^"]+)" value="([^"]*)"/g)) form.set(name!, value!);
      if (page.includes('name="login"')) form.set('login', this.#login);
      if (page.includes('name="password"')) form.set('password', 'any');
      if (url.pathname.startsWith('/session/end')) form.set('logout', 'yes');
    }
    throw new Error('the provider goes round in circles');
  }

  /** Signs out at the provider, which tells its clients. */
  async leave(): Promise<void> {
    await this.agree(new URL(`${this.#issuer}/session/end`)).catch(() => undefined);
  }

  async #send(url: URL, form: URLSearchParams | undefined): Promise<Response> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(url, { method: form ? 'POST' : 'GET', body: form ?? null, headers: { cookie }, redirect: 'manual' });
    for (const line of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!;
      if (value === '' || /expires=Thu, 01 Jan 1970/i.test(line)) this.#cookies.delete(name!);
      else this.#cookies.set(name!, value!);
    }
    return answer;
  }
}

async function start() {
  const provider = await listen();
  const second = await listen();
  const options = (issuer: string) =>
    oidc({ issuer, clientId: 'shop', clientSecret: 'a secret of 32 characters or more', keepTokens: true });
  const providers = { own: options(provider.issuer), other: options(second.issuer), google: google({ clientId: 'never asked' }) };
  const t = await startOidc({ providers }, { providers: [provide(Server, { deps: [HTTP_SERVER] })] });
  const { port } = t.app.get(Server).http.address()!;
  const callback = (name: string) => `https://app.example.com/account/sign-in/with/${name}/callback`;
  const logout = (name: string) => `http://127.0.0.1:${port}/account/identities/${name}/logout`;
  provider.serve({ redirect_uris: [callback('own')], backchannel_logout_uri: logout('own'), backchannel_logout_session_required: true });
  second.serve({ redirect_uris: [callback('other')] });
  const all: OidcApp & { readonly issuer: string; readonly other: string } = Object.assign(t, {
    issuer: provider.issuer,
    other: second.issuer,
  });
  return {
    t: all,
    async [Symbol.asyncDispose]() {
      await t[Symbol.asyncDispose]();
      await provider[Symbol.asyncDispose]();
      await second[Symbol.asyncDispose]();
    },
  };
}

test('with a certified provider: sign up, sign in again, several tabs, link, unlink [AU-08]', async () => {
  await using started = await start();
  const { t } = started;
  const browser = t.browser();
  const ada = new Visitor(t.issuer, 'ada');
  const at = await browser.begin('own', { returnTo: '/orders' });
  expect(await browser.back(await ada.agree(at))).toBe('/orders');
  const id = await browser.me();
  expect(t.people.all).toMatchObject([{ id, email: 'ada@example.com' }]);
  expect(await browser.back(await ada.agree(await browser.begin()))).toBe('/');
  expect(await browser.me()).toBe(id);

  const tabs = [await browser.begin('own', { returnTo: '/1' }), await browser.begin('own', { returnTo: '/2' })];
  const answers = [await ada.agree(tabs[0]!), await ada.agree(tabs[1]!)];
  expect(await browser.back(answers[1]!)).toBe('/2');
  expect(await browser.back(answers[0]!)).toBe('/1');
  expect(t.people.all).toHaveLength(1);

  const elsewhere = new Visitor(t.other, 'someone');
  expect(await browser.back(await elsewhere.agree(await browser.beginLink('other')))).toBe('/account');
  const fresh = t.browser();
  expect(await fresh.back(await elsewhere.agree(await fresh.begin('other')))).toBe('/');
  expect(await fresh.me()).toBe(id);
  const linked = await t.links.list(id!);
  expect(linked.map(({ provider }) => provider)).toEqual(['own', 'other']);
  expect(await t.tokens.accessToken(linked[0]!.id)).toMatch(/^[\w-]{20,}$/);
  expect((await fresh.send('DELETE', `/account/identities/${linked[1]!.id}`)).status).toBe(204);
  const unlinked = t.browser();
  expect(await unlinked.back(await elsewhere.agree(await unlinked.begin('other')))).toBe('/');
  expect(await unlinked.me()).not.toBe(id);
});

test('with a certified provider: an unverified address, a code that is used twice, and a forced new sign-in [AU-08]', async () => {
  await using started = await start();
  const { t } = started;
  const browser = t.browser();
  const mallory = new Visitor(t.issuer, 'mallory');
  expect(await browser.back(await mallory.agree(await browser.begin()))).toBe('/sign-in?error=AUTH_OIDC_EMAIL_UNVERIFIED');
  const ada = new Visitor(t.issuer, 'ada');
  const back = await ada.agree(await browser.begin());
  expect(await browser.back(back)).toBe('/');
  const twice = await browser.begin();
  const reused = new URL(back);
  reused.searchParams.set('state', twice.searchParams.get('state')!);
  expect(await browser.back(reused)).toBe('/sign-in?error=AUTH_OIDC_REFUSED');
  const { url } = (await browser.send('POST', '/account/identities/own/verify', { returnTo: '/settings' })).json() as { url: string };
  expect(await browser.back(await ada.agree(new URL(url)))).toBe('/settings');
});

test('with a certified provider: who signs out there is signed out here, in that browser only [AU-08]', async () => {
  await using started = await start();
  const { t } = started;
  const [desk, phone] = [t.browser(), t.browser()];
  const [atDesk, atPhone] = [new Visitor(t.issuer, 'ada'), new Visitor(t.issuer, 'ada')];
  expect(await desk.back(await atDesk.agree(await desk.begin()))).toBe('/');
  expect(await phone.back(await atPhone.agree(await phone.begin()))).toBe('/');
  expect(await desk.me()).toBe(await phone.me());
  await atDesk.leave();
  await vi.waitFor(async () => expect(await desk.me()).toBeUndefined(), 5_000);
  expect(await phone.me()).toBeDefined();
  expect(t.noted.filter(({ type }) => type === 'oidc.logout')).toMatchObject([
    { outcome: 'success', details: { provider: 'own', ended: 1 } },
  ]);
});
