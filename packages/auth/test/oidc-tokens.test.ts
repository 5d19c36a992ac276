import { provideValue } from '@plinth/core';
import { expect, test } from 'vitest';
import { IDENTITY_STORE, MemoryIdentityStore } from '@plinth/auth/oidc';
import { startProvider } from './oidc-fake-provider.js';
import { signedIn, startOidc } from './oidc-support.js';
import { appKey } from './support.js';

test('tokens are thrown away unless they are wanted; then they are encrypted, refreshed, and never shown [AU-08]', async () => {
  await using provider = await startProvider();
  provider.tokens = { access_token: 'an access token', refresh_token: 'a refresh token', expires_in: 10 };
  const store = new MemoryIdentityStore();
  const options = (keepTokens: boolean) => ({
    providers: { own: provider.options({ keepTokens }) },
    store: provideValue(IDENTITY_STORE, store),
  });
  await using none = await startOidc(options(false));
  await signedIn(none, provider);
  expect((await store.find(provider.issuer, 'ada'))!.tokens).toBeNull();
  const { id, userId } = (await store.find(provider.issuer, 'ada'))!;
  await expect(none.tokens.accessToken(id)).rejects.toMatchObject({ code: 'AUTH_OIDC_TOKENS' });
  await expect(none.tokens.accessToken('nobody')).rejects.toMatchObject({ code: 'AUTH_OIDC_TOKENS' });

  await store.removeAll(userId);
  await using t = await startOidc(options(true));
  const browser = await signedIn(t, provider);
  const record = (await store.find(provider.issuer, 'ada'))!;
  expect(record.tokens).toMatch(/^v1\./);
  expect((await browser.send('GET', '/account/identities')).text()).not.toContain('token');
  provider.tokens = { access_token: 'a second', refresh_token: 'rotated', expires_in: 3_600 };
  // It has ten seconds left: a new one is asked for, once for all who wait.
  expect(await Promise.all([1, 2, 3].map(() => t.tokens.accessToken(record.id)))).toEqual(['a second', 'a second', 'a second']);
  const refreshes = provider.requests.filter(({ body }) => body.get('grant_type') === 'refresh_token');
  expect(refreshes.map(({ body }) => body.get('refresh_token'))).toEqual(['a refresh token']);
  expect(await t.tokens.accessToken(record.id)).toBe('a second');

  await using rotated = await startOidc(options(true), { env: { APP_KEY: `${appKey(2)},${appKey(1)}` } });
  const old = (await store.findById(record.id))!.tokens;
  expect(await rotated.tokens.accessToken(record.id)).toBe('a second');
  expect((await store.findById(record.id))!.tokens).not.toBe(old);
  await using after = await startOidc(options(true), { env: { APP_KEY: appKey(2) } });
  expect(await after.tokens.accessToken(record.id)).toBe('a second');
  // Copied to another identity they open nothing.
  const other = { ...(await store.findById(record.id))!, id: '0198c5f0-0000-7000-8000-000000000001', subject: 'eve' };
  await store.insert(other);
  await expect(after.tokens.accessToken(other.id)).rejects.toMatchObject({ code: 'AUTH_CIPHERTEXT' });
});

test('a refresh token that the provider refuses is forgotten, and one that it cannot answer for is kept [AU-08]', async () => {
  await using provider = await startProvider();
  provider.tokens = { refresh_token: 'a refresh token', expires_in: 1 };
  const store = new MemoryIdentityStore();
  await using t = await startOidc({
    providers: { own: provider.options({ keepTokens: true }) },
    store: provideValue(IDENTITY_STORE, store),
  });
  await signedIn(t, provider);
  const { id } = (await store.find(provider.issuer, 'ada'))!;
  provider.on['/token'] = (_request, response) => void response.writeHead(503).end();
  await expect(t.tokens.accessToken(id)).rejects.toMatchObject({ code: 'AUTH_OIDC_UNAVAILABLE' });
  expect((await store.findById(id))!.tokens).not.toBeNull();
  provider.on['/token'] = (_request, response) =>
    void response.writeHead(400, { 'content-type': 'application/json' }).end('{"error":"invalid_grant"}');
  await expect(t.tokens.accessToken(id)).rejects.toMatchObject({ code: 'AUTH_OIDC_TOKENS' });
  expect((await store.findById(id))!.tokens).toBeNull();
});
