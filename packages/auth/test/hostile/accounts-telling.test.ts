import { expect, test } from 'vitest';
import { Accounts } from '@plinth/auth/accounts';
import { ADA, answer, PASSWORD, OTHER_PASSWORD, seen, startAccounts } from '../account-support.js';

// What anybody could learn of the accounts of others, by one request after another.
const BOB = 'bob@example.org';

test('a link for an own address that was asked for before does not tell whether somebody has the one asked for after [AU-12]', async () => {
  await using t = await startAccounts();
  await t.person(BOB);
  const outcomes: unknown[] = [];
  for (const [index, probed] of [BOB, 'nobody@example.org'].entries()) {
    const eve = await t.person(`eve${index}@example.org`);
    await eve.post('/account/email', { json: { email: `mine${index}@example.org` } });
    const token = await t.token(`mine${index}@example.org`);
    expect((await eve.post('/account/email', { json: { email: probed } })).status).toBe(202);
    outcomes.push(await answer(eve.post('/account/email/confirm', { json: { token } })));
  }
  expect(outcomes[0]).toEqual(outcomes[1]);
});

test('nobody keeps an owner from a link for a new password by what they ask in the name of the address [AU-12]', async () => {
  await using t = await startAccounts();
  await t.app.get(Accounts).create({ email: ADA, password: PASSWORD, verified: true });
  await t.app.get(Accounts).create({ email: BOB, password: PASSWORD, verified: true });
  const eve = await t.person('eve@example.org');
  for (let round = 0; round < 8; round++) {
    await eve.post('/account/email', { json: { email: ADA } });
    await eve.post('/account/register', { json: { email: BOB, password: PASSWORD } });
  }
  await t.settled();
  for (const email of [ADA, BOB]) {
    await t.browser().post('/account/password/forgot', { json: { email } });
    await t.settled();
    expect(
      t.box.sent.filter(({ to, subject }) => to[0]!.address === email && subject.includes('new password')),
      email,
    ).toHaveLength(1);
  }
});

test('however often somebody asks for links in the name of an owner, there is always one in the mailbox that works [AU-12]', async () => {
  await using t = await startAccounts();
  await t.app.get(Accounts).create({ email: ADA, password: PASSWORD, verified: true });
  let [mails, age, oldest] = [0, 0, 0];
  for (let minutes = 0; minutes < 120; minutes += 5) {
    for (let time = 0; time < 8; time++) await t.app.get(Accounts).forgotPassword(ADA);
    await t.settled();
    age = t.box.sent.length > mails ? 0 : age + 5;
    oldest = Math.max(oldest, age);
    mails = t.box.sent.length;
    await t.clock.advance(300_000);
  }
  // A link is good for fifteen minutes.
  expect(oldest).toBeLessThan(15);
  expect(mails).toBeLessThanOrEqual(20);
});

test('a long row of requests about one address is answered alike, whether it has an account or not [AU-12]', async () => {
  await using t = await startAccounts();
  await t.app.get(Accounts).create({ email: ADA, password: PASSWORD, verified: true });
  await t.app.get(Accounts).create({ email: 'closed@example.org', password: PASSWORD, verified: true });
  await t.app.get(Accounts).disable((await t.app.get(Accounts).findByEmail('closed@example.org'))!.id);
  const rows: string[][] = [];
  for (const email of [ADA, 'uda@example.org', 'closed@example.org']) {
    const eve = t.browser();
    const row: string[] = [];
    // The length has that of the id of the request in it, which counts up; the body stands there in full.
    const post = async (path: string, json: object) =>
      row.push(
        seen(await eve.post(path, { json }))
          .replaceAll(email, '<address>')
          .replace(/content-length: .*/, ''),
      );
    for (let round = 0; round < 2; round++) {
      await post('/account/password/forgot', { email });
      await post('/account/register', { email, password: OTHER_PASSWORD });
      await post('/account/register', { email, password: 'short' });
      await post('/account/register', { email, password: `${email} ${email}` });
      await post('/account/register/confirm', { token: 'x'.repeat(43), password: PASSWORD });
      await post('/account/password/reset', { token: 'x'.repeat(43), password: PASSWORD });
      for (let attempt = 0; attempt < 4; attempt++) await post('/account/sign-in', { email, password: OTHER_PASSWORD });
      await t.clock.advance(500);
    }
    rows.push(row);
    await t.clock.advance(120_000);
  }
  expect(rows[1]).toEqual(rows[0]);
  expect(rows[2]).toEqual(rows[0]);
});

test('another site cannot sign a browser in as somebody, nor register or reset in it [AU-02]', async () => {
  await using t = await startAccounts();
  await t.app.get(Accounts).create({ email: ADA, password: PASSWORD, verified: true });
  const credentials = { email: ADA, password: PASSWORD };
  const foreign: readonly Record<string, string>[] = [
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { origin: 'https://evil.example' },
    { origin: 'null' },
  ];
  for (const headers of foreign)
    for (const path of ['/account/sign-in', '/account/register']) {
      const client = t.app.client.fresh();
      const sent = await client.post(path, { json: credentials, headers });
      expect([path, JSON.stringify(headers), sent.status, sent.headers['set-cookie']]).toEqual([
        path,
        JSON.stringify(headers),
        403,
        undefined,
      ]);
    }
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])
    expect(
      (await t.browser().post('/account/sign-in', { body: JSON.stringify(credentials), headers: { 'content-type': type } })).status,
    ).toBe(415);
});
