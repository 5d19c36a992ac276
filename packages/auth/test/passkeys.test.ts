import { expectProblem } from '@plinth/testing';
import { expect, test } from 'vitest';
import { RecoveryCodes, SESSION_COOKIE, Sessions } from '@plinth/auth';
import { SoftAuthenticator, type Algorithm } from './passkey-authenticator.js';
import { startPasskeys, withPasskey } from './passkey-support.js';

test.each<Algorithm>(['ES256', 'EdDSA', 'RS256'])(
  'a passkey of %s is registered, and signs in without a name [AU-11]',
  async (algorithm) => {
    await using t = await startPasskeys();
    const laptop = await t.signedIn();
    const { authenticator, passkey } = await laptop.registered({ algorithm, name: ' My laptop ' });
    expect(passkey).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      name: 'My laptop',
      createdAt: '2026-11-01T12:00:00.000Z',
      usedAt: null,
      backedUp: false,
      deviceBound: true,
      transports: ['internal', 'hybrid'],
    });
    const elsewhere = t.browser();
    const answer = await elsewhere.signIn(authenticator);
    expect([answer.status, answer.json()]).toEqual([200, { state: 'signed-in', factors: [] }]);
    expect(await elsewhere.me()).toEqual({ id: 'ada', methods: ['hwk', 'user', 'mfa'] });
    expect(t.noted('sign-in.completed').at(-1)).toMatchObject({ userId: 'ada', details: { methods: 'hwk user mfa', known: false } });
    expect((await elsewhere.get('/account/passkeys')).json()).toMatchObject([{ id: passkey.id, usedAt: '2026-11-01T12:00:00.000Z' }]);
  },
);

test('the options ask for a discoverable passkey, the user verified, no attestation, and tell the authenticator no id [AU-11]', async () => {
  await using t = await startPasskeys();
  const browser = await t.signedIn();
  const options = await browser.creation();
  expect(options).toEqual({
    rp: { id: 'app.example.org', name: 'Acme' },
    user: { id: expect.stringMatching(/^[\w-]{43}$/), name: 'ada@example.org', displayName: 'ADA' },
    challenge: expect.stringMatching(/^[\w-]{43}$/),
    pubKeyCredParams: [-8, -7, -257].map((alg) => ({ alg, type: 'public-key' })),
    timeout: 300_000,
    excludeCredentials: [],
    authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'required' },
    attestation: 'none',
    extensions: { credProps: true },
  });
  expect(Buffer.from(options.user.id, 'base64url').toString('latin1')).not.toContain('ada');
  const signIn = await t.browser().request();
  expect(signIn).toEqual({
    challenge: expect.stringMatching(/^[\w-]{43}$/),
    timeout: 300_000,
    rpId: 'app.example.org',
    allowCredentials: [],
    userVerification: 'required',
  });
});

test('the cookie of a sign-in is for this host, hidden from scripts, and gone with the challenge [AU-11]', async () => {
  await using t = await startPasskeys();
  const answer = await t.browser().post('/account/sign-in/passkey/options');
  expect(answer.headers['set-cookie']).toEqual([
    expect.stringMatching(/^__Host-passkey=[\w-]{43}; Path=\/; Max-Age=300; Secure; HttpOnly; SameSite=Strict$/),
  ]);
  expect(answer.headers['cache-control']).toContain('no-store');
});

test('a passkey that is synced counts as a key in software, and what is said of its backup is kept [AU-11]', async () => {
  await using t = await startPasskeys();
  const browser = await t.signedIn();
  const { authenticator } = await browser.registered({ synced: true });
  const shown = async () => ((await browser.get('/account/passkeys')).json() as unknown[])[0];
  expect(await shown()).toMatchObject({ deviceBound: false, backedUp: false });
  authenticator.backedUp = true;
  for (let times = 0; times < 3; times++) {
    const other = t.browser();
    expect((await other.signIn(authenticator)).status).toBe(200);
    expect(await other.me()).toEqual({ id: 'ada', methods: ['swk', 'user', 'mfa'] });
  }
  expect(await shown()).toMatchObject({ deviceBound: false, backedUp: true });
  authenticator.backedUp = false;
  expect((await t.browser().signIn(authenticator)).status).toBe(200);
  expect(await shown()).toMatchObject({ backedUp: false });
});

test('"remember me" reaches the session, and a sign-in ends the session that the browser came with', async () => {
  await using t = await startPasskeys();
  const browser = await t.signedIn();
  const { authenticator } = await browser.registered();
  const before = browser.client.cookies.get('__Host-sid')!;
  const answer = await browser.post('/account/sign-in/passkey', { response: authenticator.get(await browser.request()), remember: true });
  expect(answer.status).toBe(200);
  expect(String(answer.headers['set-cookie'])).toMatch(/__Host-sid=[^;]+; Path=\/; Max-Age=2592000/);
  expect((await t.browser().client.get('/me', { cookies: { '__Host-sid': before } })).status).toBe(401);
});

test('with several session cookies a sign-in uses neither challenge nor passkey and takes them away, so that the next try works', async () => {
  await using t = await withPasskey();
  const browser = t.browser();
  const response = t.authenticator.get(await browser.request());
  const cookie = `__Host-passkey=${browser.client.cookies.get('__Host-passkey')}`;
  const path = '/account/sign-in/passkey';
  const headers = { cookie: `${cookie}; ${SESSION_COOKIE}=a; ${SESSION_COOKIE}=b` };
  const refused = await t.browser().client.post(path, { json: { response }, headers });
  expectProblem(refused, { status: 401, code: 'AUTH_SESSION_COOKIE' });
  expect(refused.headers['set-cookie']).toEqual([expect.stringMatching(/^__Host-sid=; .*Max-Age=0/)]);
  expect(t.noted('passkey.used')).toEqual([]);
  expect((await browser.post(path, { response })).status).toBe(200);
});

test('several devices: each has its own passkey, they share one handle, and the options name those that there are [AU-11]', async () => {
  await using t = await startPasskeys();
  const browser = await t.signedIn();
  const laptop = await browser.registered({ name: 'Laptop' });
  await t.clock.advance(1_000);
  const options = await browser.creation();
  expect(options.excludeCredentials).toEqual([{ id: laptop.authenticator.id, type: 'public-key', transports: ['internal', 'hybrid'] }]);
  expect(options.user.id).toBe(laptop.authenticator.userHandle);
  const phone = await browser.registered({ algorithm: 'EdDSA', synced: true });
  expect(phone.passkey.name).toBe('unknown');
  for (const { authenticator } of [laptop, phone]) expect((await t.browser().signIn(authenticator)).status).toBe(200);
  expect(((await browser.get('/account/passkeys')).json() as { id: string }[]).map(({ id }) => id)).toEqual([
    laptop.passkey.id,
    phone.passkey.id,
  ]);
});

test('a passkey that was added or removed ends every other session, changes the token of this one, and its owner is told [AU-11]', async () => {
  await using t = await startPasskeys();
  const [here, phone, stranger] = [await t.signedIn(), await t.signedIn(), await t.signedIn('bob')];
  const first = here.client.cookies.get('__Host-sid');
  const { passkey } = await here.registered({ name: 'Key' });
  expect(await phone.me()).toBeUndefined();
  expect(await stranger.me()).toMatchObject({ id: 'bob' });
  const second = here.client.cookies.get('__Host-sid');
  expect(second).not.toBe(first);
  await phone.post('/password', { id: 'ada' });
  expect((await here.client.delete(`/account/passkeys/${passkey.id}`)).status).toBe(204);
  expect((await phone.get('/half-way')).status).toBe(401);
  expect(here.client.cookies.get('__Host-sid')).not.toBe(second);
  expect(await here.me()).toMatchObject({ id: 'ada' });
  expect((await here.get('/account/passkeys')).json()).toEqual([]);
  const device = { agent: 'unknown', network: expect.any(String) as string };
  expect(t.changes).toEqual([
    { userId: 'ada', change: 'passkey-added', at: t.clock.date(), device, detail: 'Key' },
    { userId: 'ada', change: 'passkey-removed', at: t.clock.date(), device, detail: 'Key' },
  ]);
  expect([...t.noted('passkey.added'), ...t.noted('passkey.removed')]).toMatchObject([
    { outcome: 'success', userId: 'ada', details: { passkey: passkey.id } },
    { outcome: 'success', userId: 'ada', details: { passkey: passkey.id } },
  ]);
});

test('a passkey is the second factor after a password, and opens the session that waited for it [AU-11]', async () => {
  await using t = await startPasskeys();
  const { authenticator } = await (await t.signedIn()).registered();
  const browser = t.browser();
  expect((await browser.post('/password', { id: 'ada' })).json()).toEqual({ factors: ['passkey'] });
  expect(await browser.me()).toBeUndefined();
  const path = '/account/sign-in/passkey-factor';
  const options = await browser.request(path);
  expect(options.allowCredentials).toMatchObject([{ id: authenticator.id }]);
  // Security keys leave the handle out where they were told which passkey is meant.
  const answer = await browser.post(path, { response: authenticator.get(options, { userHandle: null }) });
  expect([answer.status, answer.json()]).toEqual([200, { state: 'signed-in', factors: [] }]);
  expect(await browser.me()).toEqual({ id: 'ada', methods: ['pwd', 'hwk', 'user', 'mfa'] });
  expectProblem(await browser.post(`${path}/options`), { status: 403, code: 'AUTH_NOTHING_PENDING' });
});

test('a passkey proves again who one is, and changes the token of the session [AU-11]', async () => {
  await using t = await startPasskeys();
  const browser = await t.signedIn();
  const { authenticator } = await browser.registered();
  await t.clock.advance(11 * 60_000);
  expectProblem(await browser.get('/sensitive'), { code: 'AUTH_STEP_UP_NEEDED' });
  const before = browser.client.cookies.get('__Host-sid');
  const options = await browser.request('/account/passkeys/verify');
  expect((await browser.post('/account/passkeys/verify', { response: authenticator.get(options) })).status).toBe(204);
  expect(browser.client.cookies.get('__Host-sid')).not.toBe(before);
  expect((await browser.get('/sensitive')).text()).toContain('ada');
});

test('where the passkey is the second factor, a password alone is no step-up, and a passkey alone is two factors [AU-10] [AU-11]', async () => {
  await using t = await startPasskeys();
  const { authenticator } = await (await t.signedIn()).registered();
  const browser = t.browser();
  const sessions = t.app.get(Sessions);
  const { token } = await sessions.create('ada', { methods: ['email'] });
  browser.client.cookies.set(SESSION_COOKIE, (await sessions.confirm(token, { methods: ['pwd'] }))!.token);
  for (const path of ['/sensitive', '/account/passkeys/options']) {
    const refused = path === '/sensitive' ? await browser.get(path) : await browser.post(path);
    expectProblem(refused, { status: 403, code: 'AUTH_STEP_UP_NEEDED' });
    expect(refused.json()).toMatchObject({ maxAge: 600, methods: ['hwk', 'swk'] });
  }
  const options = await browser.request('/account/passkeys/verify');
  expect((await browser.post('/account/passkeys/verify', { response: authenticator.get(options) })).status).toBe(204);
  expect(await browser.me()).toEqual({ id: 'ada', methods: ['email', 'pwd', 'hwk', 'user', 'mfa'] });
  expect((await browser.get('/sensitive')).status).toBe(200);
  const other = t.browser();
  expect((await other.signIn(authenticator)).status).toBe(200);
  expect((await other.get('/sensitive')).status).toBe(200);
});

test('adding and removing need a recent proof, using the list does not [AU-10] [AU-11]', async () => {
  await using t = await startPasskeys();
  const browser = await t.signedIn();
  const { passkey } = await browser.registered();
  const options = await browser.creation();
  await t.clock.advance(11 * 60_000);
  expectProblem(await browser.post('/account/passkeys/options'), { status: 403, code: 'AUTH_STEP_UP_NEEDED' });
  expectProblem(await browser.client.delete(`/account/passkeys/${passkey.id}`), { status: 403, code: 'AUTH_STEP_UP_NEEDED' });
  expect((await browser.get('/account/passkeys')).status).toBe(200);
  const late = await browser.post('/account/passkeys', { response: new SoftAuthenticator().create(options) });
  expectProblem(late, { status: 409, code: 'AUTH_PASSKEY_CHALLENGE' });
});

test('a passkey is renamed, by its owner and to what can be read', async () => {
  await using t = await startPasskeys();
  const browser = await t.signedIn();
  const { passkey } = await browser.registered();
  const path = `/account/passkeys/${passkey.id}`;
  const renamed = await browser.client.patch(path, { json: { name: 'Küche 👩‍🍳' } });
  expect([renamed.status, renamed.json()]).toMatchObject([200, { id: passkey.id, name: 'Küche 👩‍🍳' }]);
  for (const name of ['   ', 'a\nb', '\u202Egnp.exe', 'a\u2028b', '\u0085'])
    expectProblem(await browser.client.patch(path, { json: { name } }), { status: 422, code: 'AUTH_PASSKEY_NAME' });
  for (const json of [{ name: '' }, { name: 'x'.repeat(65) }, { name: 7 }, {}, { name: 'x', userId: 'bob' }])
    expectProblem(await browser.client.patch(path, { json }), { status: 422 });
  const bob = await t.signedIn('bob');
  expectProblem(await bob.client.patch(path, { json: { name: 'mine' } }), { status: 404, code: 'AUTH_PASSKEY_UNKNOWN' });
  expectProblem(await bob.client.delete(path), { status: 404, code: 'AUTH_PASSKEY_UNKNOWN' });
  for (const id of ['nonsense', `${passkey.id}0`, '00000000-0000-7000-8000-000000000000'])
    expectProblem(await browser.client.delete(`/account/passkeys/${id}`), { status: 404, code: 'AUTH_PASSKEY_UNKNOWN' });
  expect((await browser.get('/account/passkeys')).json()).toMatchObject([{ name: 'Küche 👩‍🍳' }]);
});

test('the last way to sign in is not taken away, and of the last two removed at once one stays [AU-11]', async () => {
  await using t = await startPasskeys();
  const browser = await t.signedIn();
  const passkeys = [await browser.registered(), await browser.registered()].map(({ passkey }) => passkey);
  t.people.withPassword.clear();
  const removed = await Promise.all(passkeys.map(({ id }) => browser.client.delete(`/account/passkeys/${id}`)));
  expect(removed.some(({ status }) => status === 409)).toBe(true);
  const left = (await (await signedInAgain(t, browser)).get('/account/passkeys')).json() as { id: string }[];
  expect(left.length).toBeGreaterThan(0);
  const { id } = left[0]!;
  for (const more of left.slice(1)) await browser.client.delete(`/account/passkeys/${more.id}`);
  expectProblem(await browser.client.delete(`/account/passkeys/${id}`), { status: 409, code: 'AUTH_LAST_SIGN_IN_WAY' });
  t.people.withPassword.add('ada');
  expect((await browser.client.delete(`/account/passkeys/${id}`)).status).toBe(204);
});

test('an account has at most twenty passkeys, also when several are added at the same time [AU-11]', async () => {
  await using t = await startPasskeys();
  const browser = await t.signedIn();
  const { authenticator } = await browser.registered();
  for (let count = 0; count < 18; count++) await browser.registered({ algorithm: 'EdDSA' });
  const waiting = [];
  for (let count = 0; count < 3; count++) {
    const other = t.browser();
    expect((await other.signIn(authenticator)).status).toBe(200);
    waiting.push({ other, response: new SoftAuthenticator().create(await other.creation()) });
  }
  const answers = await Promise.all(waiting.map(({ other, response }) => other.post('/account/passkeys', { response })));
  const last = t.browser();
  await last.signIn(authenticator);
  const shown = async () => ((await last.get('/account/passkeys')).json() as unknown[]).length;
  expect(await shown()).toBe(19 + answers.filter(({ status }) => status === 201).length);
  expect(await shown()).toBeLessThanOrEqual(20);
  if ((await shown()) < 20) await last.registered();
  expectProblem(await last.post('/account/passkeys/options'), { status: 409, code: 'AUTH_PASSKEY_LIMIT' });
});

test('recovery codes go with the last second factor, and stay while there is another', async () => {
  await using t = await startPasskeys();
  const browser = await t.signedIn();
  const passkeys = [await browser.registered(), await browser.registered()];
  const codes = t.app.get(RecoveryCodes);
  await codes.generate('ada');
  const left = [];
  for (const { passkey } of passkeys) {
    expect((await browser.client.delete(`/account/passkeys/${passkey.id}`)).status).toBe(204);
    left.push(await codes.remaining('ada'));
  }
  expect(left).toEqual([10, 0]);
});

test('an account without passkeys has no options to answer, as second factor neither', async () => {
  await using t = await startPasskeys();
  const browser = await t.signedIn();
  expectProblem(await browser.post('/account/passkeys/verify/options'), { status: 409, code: 'AUTH_PASSKEY_NONE' });
});

async function signedInAgain(t: Awaited<ReturnType<typeof startPasskeys>>, browser: Awaited<ReturnType<typeof t.signedIn>>) {
  // Two changes at the same time: the answer with the token that counts may not have come last.
  if ((await browser.me()) !== undefined) return browser;
  t.people.withPassword.add('ada');
  await browser.post('/password', { id: 'ada' });
  t.people.withPassword.clear();
  return browser;
}
