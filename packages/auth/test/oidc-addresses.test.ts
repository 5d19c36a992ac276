import { expect, test } from 'vitest';
import { startProvider } from './oidc-fake-provider.js';
import { attempt, startOidc, type Browser } from './oidc-support.js';

const failed = (code: string) => `/sign-in?error=${code}`;

test('an address that the provider has not verified makes no account and tells of none [AU-08]', async () => {
  await using provider = await startProvider();
  await using t = await startOidc({ providers: { own: provider.options() }, link: 'verified-email' });
  t.people.add('ada@example.com');
  provider.userinfo = { sub: 'ada' };
  const unverified: readonly unknown[] = [false, undefined, null, 'false', 'true', 1, [true], {}];
  for (const email_verified of unverified)
    for (const email of ['ada@example.com', 'nobody@example.com'])
      expect(await attempt(t, provider, { email, email_verified }), `${email} ${JSON.stringify(email_verified)}`).toBe(
        failed('AUTH_OIDC_EMAIL_UNVERIFIED'),
      );
  for (const email of [
    undefined,
    null,
    '',
    'ada',
    '@',
    'a b@example.com',
    'ada@example.com\r\nBcc: all',
    `${'a'.repeat(320)}@x`,
    ['ada@example.com'],
    'a\ud800@x.y',
  ])
    expect(await attempt(t, provider, { email }), JSON.stringify(email)).toBe(failed('AUTH_OIDC_EMAIL_UNVERIFIED'));
  expect(t.people.asked).toEqual([]);
  expect(t.people.all).toHaveLength(1);
  // One part from the ID token and one from the user info is what neither has said.
  provider.userinfo = { sub: 'ada', email_verified: true, email: 'eve@example.com' };
  expect(await attempt(t, provider, { email_verified: undefined })).toBe(failed('AUTH_OIDC_EMAIL_UNVERIFIED'));
});

test('an account with the address must be signed in to before it is linked [AU-08]', async () => {
  await using provider = await startProvider();
  await using t = await startOidc({ providers: { own: provider.options() } });
  t.people.add('Ada@Example.com');
  expect(await attempt(t, provider)).toBe(failed('AUTH_OIDC_LINK_FIRST'));
  expect(t.people.all).toHaveLength(1);
  expect(t.changes).toEqual([]);
});

test('linking by a verified address is for those who ask for it, and only where the account has verified it too [AU-08]', async () => {
  await using provider = await startProvider();
  await using t = await startOidc({ providers: { own: provider.options() }, link: 'verified-email' });
  const ada = t.people.add('ada@example.com', false);
  expect(await attempt(t, provider)).toBe(failed('AUTH_OIDC_LINK_FIRST'));
  ada.emailVerified = true;
  const browser: Browser = t.browser();
  expect(await browser.back(provider.agree(await browser.begin()))).toBe('/');
  expect(await browser.me()).toBe(ada.id);
  expect(t.changes).toMatchObject([{ userId: ada.id, change: 'identity-linked', detail: 'own' }]);
});

test('what the provider says in its errors is not repeated, and being cancelled has a code of its own [AU-08]', async () => {
  await using provider = await startProvider();
  await using t = await startOidc({ providers: { own: provider.options() } });
  const answers: Record<string, string> = {
    access_denied: 'AUTH_OIDC_DENIED',
    server_error: 'AUTH_OIDC_UNAVAILABLE',
    temporarily_unavailable: 'AUTH_OIDC_UNAVAILABLE',
    invalid_request: 'AUTH_OIDC_REFUSED',
    '<script>alert(1)</script>': 'AUTH_OIDC_REFUSED',
  };
  for (const [error, code] of Object.entries(answers)) {
    const texts = { error_description: '<script>', error_uri: 'https://evil.example.com' };
    expect(await attempt(t, provider, {}, { code: undefined, error, ...texts }), error).toBe(failed(code));
  }
  expect(await attempt(t, provider, {}, { code: undefined, error: 'access_denied', iss: 'https://evil.example.com' })).toBe(
    failed('AUTH_OIDC_RESPONSE'),
  );
  const refused = t.noted.filter(({ type }) => type === 'oidc.refused');
  expect(refused[0]).toMatchObject({ outcome: 'refused', details: { provider: 'own', code: 'AUTH_OIDC_DENIED', purpose: 'sign-in' } });
  expect(JSON.stringify(refused)).not.toContain('script');
});
