import { expect, test } from 'vitest';
import { codeFrom, codeOf, enrolled, start } from './sign-in-support.js';

test('who has no second factor is told to set one up, and passes with the session that did [AU-20]', async () => {
  await using t = await start();
  const browser = t.browser();
  await browser.signIn('ada');
  const refused = await browser.client.get('/mfa');
  expect(refused.status).toBe(403);
  expect(refused.json()).toMatchObject({ code: 'AUTH_MFA_NEEDED', factors: [], setUp: true, methods: ['pwd'] });
  await browser.enrol(t.clock);
  expect(await browser.status('/mfa')).toBe(200);
});

test('who has a factor, but has not shown it, is told which [AU-20]', async () => {
  await using t = await start();
  const { secret } = await enrolled(t);
  const browser = t.browser();
  browser.cookie = (await t.sessions.create('ada', { methods: ['pwd'] })).token;
  expect((await browser.client.get('/mfa')).json()).toMatchObject({
    code: 'AUTH_MFA_NEEDED',
    detail: 'This needs a sign-in with two factors; this one has shown pwd.',
    factors: ['totp', 'recovery-code'],
    setUp: false,
  });
  expect((await browser.verify(codeOf(secret, t.clock))).status).toBe(204);
  expect(await browser.status('/mfa')).toBe(200);
});

test('two proofs of one factor are one factor, and what says nothing of the user is none [AU-20]', async () => {
  await using t = await start();
  const proofs = [
    ['otp', 'hwk'],
    ['pwd', 'pin', 'kba'],
    ['hwk', 'user'],
    ['pwd', 'geo', 'rba', 'mca'],
    ['fed', 'pwd'],
    ['fed', 'wia', 'pin'],
    ['fed', 'geo'],
    ['pwd', 'magic-link'],
    ['pwd', 'constructor', 'toString'],
    [],
  ];
  for (const methods of proofs) {
    const browser = t.browser();
    browser.cookie = (await t.sessions.create('ada', { methods })).token;
    expect([methods, codeFrom(await browser.client.get('/mfa'))]).toEqual([methods, 'AUTH_MFA_NEEDED']);
  }
});

test('the same proof given twice stays one factor [AU-20]', async () => {
  await using t = await start();
  const { secret } = await enrolled(t);
  const browser = t.browser();
  browser.cookie = (await t.sessions.create('ada', { methods: ['otp'] })).token;
  expect((await browser.verify(codeOf(secret, t.clock))).status).toBe(204);
  expect(codeFrom(await browser.client.get('/mfa'))).toBe('AUTH_MFA_NEEDED');
});

test('two proofs of different factors pass, and one that is said to be both [AU-20]', async () => {
  await using t = await start();
  for (const methods of [['pwd', 'otp'], ['pwd', 'hwk'], ['hwk', 'fpt'], ['fed', 'otp'], ['fed', 'mfa'], ['mfa']]) {
    const browser = t.browser();
    browser.cookie = (await t.sessions.create('ada', { methods })).token;
    expect([methods, await browser.status('/mfa')]).toEqual([methods, 200]);
  }
});
