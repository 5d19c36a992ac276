import { expect, test } from 'vitest';
import { startProvider } from './oidc-fake-provider.js';
import { startOidc } from './oidc-support.js';

const hostile = [
  '//evil.example',
  '///evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  '/\t/evil.example',
  '/\n/evil.example',
  '/\r\nLocation: https://evil.example',
  '/..//evil.example',
  '/.//evil.example',
  '/%2e%2e//evil.example',
  'https:evil.example',
  'https://evil.example',
  'https:/evil.example',
  'http://app.example.com@evil.example',
  'https://app.example.com.evil.example',
  '@evil.example',
  'evil.example',
  '%2f%2fevil.example',
  '/%2f%2fevil.example',
  '/%2Fevil.example',
  '/%5cevil.example',
  'javascript:alert(1)',
  ' javascript:alert(1)',
  'data:text/html,x',
  '',
  '.',
  '?next=//evil.example',
  '/\u0000',
  '/\u0085/evil.example',
  '/\u2028/evil.example',
  '/ evil',
  '\u0000/',
  `/${'a'.repeat(1_000)}`,
];

test('returnTo leads to no other site, in whatever spelling [AU-08]', async () => {
  await using provider = await startProvider();
  await using t = await startOidc({ providers: { own: provider.options() } });
  const browser = t.browser();
  for (const returnTo of hostile) {
    const answer = await browser.send('POST', '/account/sign-in/with/own', { returnTo });
    expect(answer.status, JSON.stringify(returnTo)).toBeGreaterThanOrEqual(400);
    expect(answer.status, JSON.stringify(returnTo)).toBeLessThan(500);
    expect(answer.headers['set-cookie'], JSON.stringify(returnTo)).toBeUndefined();
  }
  const refused = await browser.send('POST', '/account/sign-in/with/own', { returnTo: '//evil.example' });
  expect(refused.json()).toMatchObject({ code: 'AUTH_OIDC_RETURN_TO', status: 422 });
  for (const returnTo of [7, null, ['/'], { toString: '/' }])
    expect((await browser.send('POST', '/account/sign-in/with/own', { returnTo })).status).toBe(422);
});

test('paths of this site come back as they are [AU-08]', async () => {
  await using provider = await startProvider();
  await using t = await startOidc({ providers: { own: provider.options() }, afterSignIn: '/welcome' });
  const browser = t.browser();
  for (const returnTo of ['/', '/orders?next=//evil.example', '/a/b?c=%2F%2Fd#e', '/%C3%A4', '/a?b=https://c.example'])
    expect(await browser.back(provider.agree(await browser.begin('own', { returnTo })))).toBe(returnTo);
  expect(await browser.back(provider.agree(await browser.begin()))).toBe('/welcome');
});

test('fields that nobody asked for are refused, so that nobody can set where codes are sent [AU-08]', async () => {
  await using provider = await startProvider();
  await using t = await startOidc({ providers: { own: provider.options() } });
  for (const extra of [{ redirectUri: 'https://evil.example' }, { callbackPath: '/x' }, { purpose: 'link' }, { session: {} }])
    expect((await t.browser().send('POST', '/account/sign-in/with/own', extra)).status).toBe(422);
  for (const name of ['none', 'OWN', '__proto__', 'constructor', 'toString'])
    expect((await t.browser().send('POST', `/account/sign-in/with/${name}`, {})).json(), name).toMatchObject({
      code: 'AUTH_OIDC_PROVIDER',
    });
  const host = await t
    .browser()
    .send('POST', '/account/sign-in/with/own', {}, { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'http' });
  expect(host.text()).not.toContain('evil.example');
});

test('another site cannot begin a sign-in in the browser of somebody, nor link to their account [AU-08]', async () => {
  await using provider = await startProvider();
  await using t = await startOidc({ providers: { own: provider.options() } });
  const browser = t.browser();
  await browser.back(provider.agree(await browser.begin()));
  const foreign = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };
  for (const path of ['/account/sign-in/with/own', '/account/identities/own', '/account/identities/own/verify'])
    expect((await browser.send('POST', path, {}, foreign)).json(), path).toMatchObject({ code: 'HTTP_CROSS_SITE' });
});
