import { randomBytes } from 'node:crypto';
import { expectProblem } from '@plinth/testing';
import { expect, test } from 'vitest';
import { RP_ID, SoftAuthenticator, strangeKey } from './passkey-authenticator.js';
import { startPasskeys, withPasskey, type Browser } from './passkey-support.js';

const SIGN_IN = '/account/sign-in/passkey';
const FACTOR = '/account/sign-in/passkey-factor';
const VERIFY = '/account/passkeys/verify';

const refused = { status: 401, code: 'AUTH_PASSKEY_REFUSED' };
const stale = { status: 409, code: 'AUTH_PASSKEY_CHALLENGE' };
const notRegistered = { status: 422, code: 'AUTH_PASSKEY_REGISTRATION' };

type Started = Awaited<ReturnType<typeof startPasskeys>>;

/** Someone whose password was right, and whose second factor is asked for. */
async function halfWay(t: Pick<Started, 'browser'>, id = 'ada'): Promise<Browser> {
  const browser = t.browser();
  await browser.post('/password', { id });
  return browser;
}

test('the same assertion signs in once [AU-11]', async () => {
  await using t = await withPasskey();
  const browser = t.browser();
  const response = t.authenticator.get(await browser.request());
  expect((await browser.post(SIGN_IN, { response })).status).toBe(200);
  expectProblem(await browser.post(SIGN_IN, { response }), stale);
});

test('of twenty who send the same assertion at the same time one gets in, also where the passkey does not count [AU-11]', async () => {
  await using t = await withPasskey();
  const { authenticator } = await t.owner.registered({ synced: true });
  const browser = t.browser();
  const response = authenticator.get(await browser.request());
  const answers = await Promise.all(Array.from({ length: 20 }, () => browser.post(SIGN_IN, { response })));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  for (const answer of answers.filter(({ status }) => status !== 200)) expectProblem(answer, stale);
});

test('of twenty who register the same answer at the same time one does [AU-11]', async () => {
  await using t = await startPasskeys();
  const browser = await t.signedIn();
  const response = new SoftAuthenticator().create(await browser.creation());
  const answers = await Promise.all(Array.from({ length: 20 }, () => browser.post('/account/passkeys', { response })));
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
  expect((await browser.get('/account/passkeys')).json()).toHaveLength(1);
});

test('a challenge is used up by an answer that is wrong [AU-11]', async () => {
  await using t = await withPasskey();
  const browser = t.browser();
  const options = await browser.request();
  expectProblem(await browser.post(SIGN_IN, { response: t.authenticator.get(options, { key: strangeKey() }) }), refused);
  expectProblem(await browser.post(SIGN_IN, { response: t.authenticator.get(options) }), stale);
});

test('a challenge is good for five minutes [AU-11]', async () => {
  await using t = await withPasskey();
  const browser = t.browser();
  const [early, late] = [await browser.request(), await browser.request()];
  await t.clock.advance(299_000);
  expect((await browser.post(SIGN_IN, { response: t.authenticator.get(early) })).status).toBe(200);
  await t.clock.advance(1_000);
  const cookie = { '__Host-passkey': browser.client.cookies.get('__Host-passkey') ?? 'gone' };
  const response = t.authenticator.get(late);
  expectProblem(await browser.client.post(SIGN_IN, { json: { response }, cookies: cookie }), stale);
});

test('a challenge of another purpose is refused [AU-11]', async () => {
  await using t = await withPasskey();
  const { owner, authenticator } = t;
  const waiting = await halfWay(t);
  const challenges: readonly (readonly [string, () => Promise<{ readonly challenge: string }>])[] = [
    ['/account/passkeys', () => owner.creation()],
    [VERIFY, () => owner.request(VERIFY)],
    [FACTOR, () => waiting.request(FACTOR)],
    [SIGN_IN, () => owner.request()],
  ];
  for (const [own, begin] of challenges) {
    // A new one each time: each is good for one answer.
    const signed = async () => {
      const { challenge } = await begin();
      return { response: authenticator.get({ challenge, rpId: RP_ID, allowCredentials: [] }) };
    };
    if (own !== SIGN_IN) expectProblem(await owner.post(SIGN_IN, await signed()), stale);
    if (own !== VERIFY) expectProblem(await owner.post(VERIFY, await signed()), stale);
    if (own !== FACTOR) expectProblem(await waiting.post(FACTOR, await signed()), stale);
    if (own === '/account/passkeys') continue;
    const made = new SoftAuthenticator().create(await owner.creation(), { challenge: (await begin()).challenge });
    expectProblem(await owner.post('/account/passkeys', { response: made }), stale);
  }
  const unknown = { challenge: randomBytes(32).toString('base64url'), rpId: RP_ID, allowCredentials: [] };
  expectProblem(await owner.post(SIGN_IN, { response: authenticator.get(unknown) }), stale);
});

test('a challenge of a sign-in is good in the browser that asked for it, in all of its tabs [AU-11]', async () => {
  await using t = await withPasskey();
  const [one, other, bare] = [t.browser(), t.browser(), t.browser()];
  await other.request();
  for (const foreign of [other, bare]) {
    const response = t.authenticator.get(await one.request());
    expectProblem(await foreign.post(SIGN_IN, { response }), stale);
    expect(await foreign.me()).toBeUndefined();
  }
  const [first, second] = [await one.request(), await one.request()];
  expect(first.challenge).not.toBe(second.challenge);
  for (const tab of [second, first]) expect((await one.post(SIGN_IN, { response: t.authenticator.get(tab) })).status).toBe(200);
});

test('a challenge of one session is no good in another, of the same user or of another [AU-11]', async () => {
  await using t = await withPasskey();
  const { authenticator } = t;
  const [one, other, bob] = [t.browser(), t.browser(), await t.signedIn('bob')];
  for (const browser of [one, other]) expect((await browser.signIn(authenticator)).status).toBe(200);
  for (const foreign of [other, bob]) {
    expectProblem(await foreign.post(VERIFY, { response: authenticator.get(await one.request(VERIFY)) }), stale);
    const response = new SoftAuthenticator().create(await one.creation());
    expectProblem(await foreign.post('/account/passkeys', { response }), stale);
    const waiting = [await halfWay(t), await halfWay(t)] as const;
    expectProblem(await waiting[1].post(FACTOR, { response: authenticator.get(await waiting[0].request(FACTOR)) }), stale);
  }
  expect((await bob.get('/account/passkeys')).json()).toEqual([]);
});

test('a counter that does not grow is refused and noted, and the passkey stays [AU-11]', async () => {
  await using t = await withPasskey();
  const { authenticator } = t;
  expect((await t.browser().signIn(authenticator, { counter: 100 })).status).toBe(200);
  for (const counter of [100, 99, 1, 0]) expectProblem(await t.browser().signIn(authenticator, { counter }), refused);
  expect(t.noted('passkey.counter')).toMatchObject(
    [100, 99, 1, 0].map((received) => ({ outcome: 'refused', userId: 'ada', details: { stored: 100, received, purpose: 'sign-in' } })),
  );
  expect((await t.browser().signIn(authenticator, { counter: 101 })).status).toBe(200);
  expect((await t.browser().signIn(authenticator, { counter: 4_294_967_295 })).status).toBe(200);
});

test('nobody raises the alarm of a copied passkey without its key [AU-11]', async () => {
  await using t = await withPasskey();
  await t.browser().signIn(t.authenticator, { counter: 100 });
  expectProblem(await t.browser().signIn(t.authenticator, { counter: 1, key: strangeKey() }), refused);
  expect(t.noted('passkey.counter')).toEqual([]);
});

test('of twenty sign-ins with the same counter at the same time one gets in: a copy of the passkey does not race [AU-11]', async () => {
  await using t = await withPasskey();
  const answers = await Promise.all(Array.from({ length: 20 }, () => t.browser().signIn(t.authenticator, { counter: 50 })));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(t.noted('passkey.counter')).toHaveLength(19);
});

test('the passkey of another user is no second factor, and proves nothing again [AU-11]', async () => {
  await using t = await withPasskey();
  const bob = await t.signedIn('bob');
  const { authenticator: bobs } = await bob.registered();
  const waiting = await halfWay(t);
  expectProblem(await waiting.post(FACTOR, { response: bobs.get(await waiting.request(FACTOR)) }), refused);
  const disguised = bobs.get(await waiting.request(FACTOR), { userHandle: t.authenticator.userHandle!, id: t.authenticator.id });
  expectProblem(await waiting.post(FACTOR, { response: disguised }), refused);
  expect(await waiting.me()).toBeUndefined();
  expectProblem(await t.owner.post(VERIFY, { response: bobs.get(await t.owner.request(VERIFY)) }), refused);
  expect((await waiting.post(FACTOR, { response: t.authenticator.get(await waiting.request(FACTOR)) })).status).toBe(200);
});

test('of twenty second steps with the same answer one opens the session [AU-11]', async () => {
  await using t = await withPasskey();
  const waiting = await halfWay(t);
  const response = t.authenticator.get(await waiting.request(FACTOR));
  const token = waiting.client.cookies.get('__Host-sid')!;
  const headers = { cookie: `__Host-sid=${token}` };
  const answers = await Promise.all(Array.from({ length: 20 }, () => waiting.client.post(FACTOR, { json: { response }, headers })));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
});

test('a credential id that another user has is not registered again, and stays theirs [AU-11]', async () => {
  await using t = await withPasskey();
  const bob = await t.signedIn('bob');
  const { answer } = await bob.register({}, { id: t.authenticator.id, signedId: t.authenticator.id });
  expectProblem(answer, notRegistered);
  const browser = t.browser();
  expect((await browser.signIn(t.authenticator)).status).toBe(200);
  expect(await browser.me()).toMatchObject({ id: 'ada' });
});

test('who is not to be found any more does not get in, and the answer is the same [AU-11]', async () => {
  await using t = await withPasskey();
  t.people.all.delete('ada');
  const browser = t.browser();
  expectProblem(await browser.signIn(t.authenticator), refused);
  expect(browser.client.cookies.get('__Host-sid')).toBeUndefined();
});

test('a passkey that was removed opens nothing, and the answer is that for an unknown one [AU-11]', async () => {
  await using t = await withPasskey();
  const [{ id }] = (await t.owner.get('/account/passkeys')).json() as [{ id: string }];
  const browser = t.browser();
  const options = await browser.request();
  expect((await t.owner.client.delete(`/account/passkeys/${id}`)).status).toBe(204);
  expectProblem(await browser.post(SIGN_IN, { response: t.authenticator.get(options) }), refused);
});

test('another site cannot make a browser sign in or add a passkey [AU-11]', async () => {
  await using t = await withPasskey();
  const browser = t.browser();
  const response = t.authenticator.get(await browser.request());
  const foreign = browser.client.with({ headers: { 'sec-fetch-site': 'cross-site' } });
  expectProblem(await foreign.post(SIGN_IN, { json: { response } }), { status: 403, code: 'HTTP_CROSS_SITE' });
  expectProblem(await t.owner.client.with({ headers: { 'sec-fetch-site': 'cross-site' } }).post('/account/passkeys/options'), {
    status: 403,
    code: 'HTTP_CROSS_SITE',
  });
});

test('a client has twenty requests a minute to the routes of passkeys [AU-11]', async () => {
  await using t = await startPasskeys({}, { limits: true });
  const browser = t.browser();
  const statuses = [];
  for (let count = 0; count < 25; count++) statuses.push((await browser.post(`${SIGN_IN}/options`)).status);
  expect(statuses.filter((status) => status === 200)).toHaveLength(20);
  expectProblem(await t.browser().post(SIGN_IN, { response: {} }), { status: 429 });
});

test('nobody who is not signed in reaches the passkeys of anybody', async () => {
  await using t = await withPasskey();
  const stranger = t.browser();
  const waiting = await halfWay(t);
  for (const path of ['/account/passkeys/options', '/account/passkeys', VERIFY, `${VERIFY}/options`]) {
    expect((await stranger.post(path, { response: {} })).status, path).toBe(401);
    expectProblem(await waiting.post(path, { response: {} }), { status: 403, code: 'AUTH_SECOND_FACTOR_NEEDED' });
  }
  expect((await stranger.get('/account/passkeys')).status).toBe(401);
  expect((await stranger.post(`${FACTOR}/options`)).status).toBe(401);
});
