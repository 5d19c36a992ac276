import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { csrfToken, defineGuard, get, guarded, html, noContent, noCredential, post } from '@plinth/http';
import { browserIsRequired, findBrowser, startBrowser, type Browser, type Page } from './support/browser.js';
import { serve, type TestServer } from './support/serve.js';

const executable = findBrowser();

/** A guard as an author would write it: a cookie that names the user. */
const signedIn = defineGuard({
  name: 'signed-in',
  security: { name: 'session', scheme: { type: 'apiKey', in: 'cookie', name: '__Host-sid' } },
  run(context) {
    const session = context.cookie('__Host-sid');
    if (session === undefined) throw noCredential();
    context.byCookie(session);
  },
});
const member = guarded(signedIn);
const text = { type: 'string' } as const;
const returns = { type: 'object', properties: { from: text } } as const;

describe.skipIf(executable === undefined)('in a real browser', () => {
  let browser: Browser;
  let shop: TestServer;
  let friend: TestServer;
  let stranger: TestServer;
  const transfers: string[] = [];

  /** A site whose pages try things out against the shop. */
  const site = (): Promise<TestServer> =>
    serve({
      routes: [
        get(
          '/',
          {
            open: true,
            returns: html(),
            securityHeaders: { contentSecurityPolicy: { connectSrc: ['*'], formAction: ['*'], frameSrc: ['*'] } },
          },
          () => html`<!doctype html><title>A page</title>`,
        ),
      ],
    });

  beforeAll(async () => {
    [friend, stranger] = await Promise.all([site(), site()]);
    shop = await serve({
      http: { csrf: { tokens: true } },
      env: { APP_KEY: Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64') },
      routes: [
        get('/page', { open: true, returns: html() }, (context) => {
          return html`<!doctype html><title>Shop</title>
            <script>
              document.documentElement.dataset.without = 'ran';
            </script>
            <script nonce="${context.nonce}">
              document.documentElement.dataset.with = 'ran';
              window.data = ${html.json({ name: '</script><script>alert(1)' })};
            </script>
            <p onclick="document.documentElement.dataset.handler = 'ran'">A paragraph</p>`;
        }),
        post('/sign-in', { open: true, returns: { 204: null } }, (context) => {
          context.setCookie('__Host-sid', 'ada');
          return noContent();
        }),
        member.get('/token', { returns: { type: 'object', properties: { token: text } } }, (context) => ({ token: csrfToken(context) })),
        member.post(
          '/transfer',
          { accepts: 'form', body: { type: 'object', properties: { to: text } }, returns: { 204: null } },
          ({ body }) => {
            transfers.push(body.to ?? '');
            return noContent();
          },
        ),
        get('/open', { open: true, cors: { origins: [friend.url] }, returns }, () => ({ from: 'open' })),
        post('/open', { open: true, cors: { origins: [friend.url] }, body: {}, returns }, () => ({ from: 'post' })),
        get('/closed', { open: true, returns }, () => ({ from: 'closed' })),
      ],
    });
    browser = await startBrowser(executable as string);
  }, 60_000);
  afterAll(async () => {
    await browser?.[Symbol.asyncDispose]();
    for (const server of [shop, friend, stranger]) await server?.[Symbol.asyncDispose]();
  });

  const pageAt = async (url: string): Promise<Page> => {
    const page = await browser.newPage();
    await page.open(url);
    return page;
  };
  const fetched = (page: Page, path: string, init = {}) =>
    page.run<string>(
      `fetch(${JSON.stringify(shop.url + path)}, ${JSON.stringify(init)}).then((answer) => answer.json()).then((body) => body.from, () => 'refused')`,
    );

  test('a script without the nonce does not run, one with it does, and data cannot end it [AU-18]', async () => {
    const page = await pageAt(`${shop.url}/page`);
    const seen = () => page.run<Record<string, string>>('({ ...document.documentElement.dataset })');
    expect(await seen()).toEqual({ with: 'ran' });
    await page.run(`document.querySelector('p').click()`);
    expect(await seen()).toEqual({ with: 'ran' });
    expect(await page.run('window.data.name')).toBe('</script><script>alert(1)');
    expect(page.console.join('\n')).toMatch(/Content Security Policy/);
  });

  test('a page of an allowed origin reads the answer, also after a preflight; another does not', async () => {
    const json = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' };
    const allowed = await pageAt(friend.url);
    expect(await fetched(allowed, '/open')).toBe('open');
    expect(await fetched(allowed, '/open', json)).toBe('post');
    expect(await fetched(allowed, '/open', { headers: { 'x-other': '1' } })).toBe('refused');
    expect(await fetched(allowed, '/closed')).toBe('refused');
    const foreign = await pageAt(stranger.url);
    expect(await fetched(foreign, '/open')).toBe('refused');
    expect(await fetched(foreign, '/open', json)).toBe('refused');
  });

  test('a form of another site is refused, with cookies and all; the own form passes [AU-14]', async () => {
    const submit = (page: Page, fields: string) =>
      page.run(`new Promise((done) => {
        document.body.insertAdjacentHTML('beforeend', '<iframe name="answer"></iframe><form method="post" target="answer" action="${shop.url}/transfer">${fields}</form>');
        document.querySelector('iframe').addEventListener('load', done);
        document.querySelector('form').submit();
        setTimeout(done, 700);
      })`);
    const own = await pageAt(`${shop.url}/page`);
    expect(await own.run(`fetch('/sign-in', { method: 'POST' }).then((answer) => answer.status)`)).toBe(204);
    // 127.0.0.1 with another port is the same site, so even SameSite=Strict would send the cookie along.
    const evil = await pageAt(stranger.url);
    await submit(evil, '<input name="to" value="mallory">');
    expect(transfers).toEqual([]);
    expect(shop.logs.some((line) => line['route'] === '/transfer' && line['status'] === 403 && line['code'] === 'HTTP_CROSS_SITE')).toBe(
      true,
    );
    await submit(own, '<input name="to" value="bob">');
    expect(transfers).toEqual(['bob']);
  });
});

test.runIf(executable === undefined)('the browser is there where it is required', () => {
  expect(browserIsRequired(), 'Chromium was not found: install it, or say where it is in TEST_CHROMIUM.').toBe(false);
});
