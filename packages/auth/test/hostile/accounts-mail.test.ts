import { EVENTS, provideValue } from '@plinth/core';
import { MAIL_TRANSPORT } from '@plinth/mail';
import { expect, test, vi } from 'vitest';
import { ACCOUNT_CHANGED, deviceOf } from '@plinth/auth';
import { Accounts } from '@plinth/auth/accounts';
import { ADA, answer, OTHER_PASSWORD, PASSWORD, startAccounts } from '../account-support.js';

test.each([
  ['https://app.example.org:8443', 'https://app.example.org:8443'],
  ['https://APP.example.org/', 'https://app.example.org'],
  ['https://user:secret@app.example.org/?a=b#c', 'https://app.example.org'],
  ['https://\u00FCber.example', 'https://xn--ber-goa.example'],
])('links in mails lead to the origin of APP_URL=%s, and tell nothing else that stands in it', async (APP_URL, origin) => {
  await using t = await startAccounts({ env: { APP_URL } });
  const accounts = t.app.get(Accounts);
  const { id } = await accounts.create({ email: ADA, password: PASSWORD });
  await accounts.invite({ email: 'invited@example.org' });
  await accounts.forgotPassword(ADA);
  await accounts.changeEmail(id, 'new@example.org');
  const context = { setCookie: () => undefined };
  for (const email of [ADA, 'other@example.org']) await accounts.register({ email, password: OTHER_PASSWORD }, context);
  expect(await t.settled()).toBe(6);
  const links = t.box.sent.flatMap(({ text, html }) => [...`${text} ${html}`.matchAll(/https?:[^\s"<]+/g)].map(([link]) => link));
  expect(links).toHaveLength(15);
  const paths = links.map((link) => link.replace(/#token=[\w-]{43}$/, '#token=…'));
  expect(paths.every((link) => link.startsWith(`${origin}/`))).toBe(true);
  expect([...new Set(paths.map((link) => link.slice(origin.length)))].sort()).toEqual([
    '/',
    '/confirm#token=…',
    '/email#token=…',
    '/reset#token=…',
  ]);
});

test('a mail server that hangs keeps back no answer and no more mails than can wait, which it gets when it is back', async () => {
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  let hangs = true;
  const transport = {
    async send({ to, subject }: { readonly to: readonly { readonly address: string }[]; readonly subject: string }) {
      begun.push(`${to[0]!.address} ${subject}`);
      if (hangs) await new Promise<void>((resolve) => ends.push(resolve));
      return { id: '', accepted: [], rejected: [] };
    },
  };
  await using t = await startAccounts({ mail: { transport: provideValue(MAIL_TRANSPORT, transport) }, failOnErrorLog: false });
  const accounts = t.app.get(Accounts);
  const people = Array.from({ length: 1_100 }, (_each, index) => `person${index}@example.org`);
  for (const email of people) await accounts.create({ email });
  await Promise.all(people.map((email) => accounts.forgotPassword(email)));
  await t.settled();
  expect(begun).toHaveLength(4);
  const dropped = t.app.logs.errors();
  expect(dropped.length).toBeGreaterThanOrEqual(96);
  expect(dropped.every((line) => (line as { code?: string }).code === 'AUTH_ACCOUNT_MAIL_QUEUE')).toBe(true);
  expect(JSON.stringify(dropped)).not.toMatch(/person\d|token=/);
  // Known, unknown, new: nobody waits for it, and nobody is told.
  for (const [path, json, status] of [
    ['/account/password/forgot', { email: people[0] }, 202],
    ['/account/password/forgot', { email: 'nobody@example.org' }, 202],
    ['/account/register', { email: people[1], password: PASSWORD }, 202],
    ['/account/register', { email: 'new@example.org', password: PASSWORD }, 202],
  ] as const)
    expect(await answer(t.browser().post(path, { json }))).toEqual([status, {}]);
  // Whoever fills the queue keeps no owner from hearing of a change.
  for (const email of people.slice(0, 20)) await accounts.forgotPassword(email);
  const { id } = (await accounts.findByEmail(people[2]!))!;
  const device = deviceOf({ header: () => undefined, ip: '192.0.2.7' });
  t.app.get(EVENTS).publish(ACCOUNT_CHANGED, { userId: id, change: 'passkey-added', at: t.clock.date(), device });
  await t.settled();
  // It answers again: what has waited is sent, four at a time.
  hangs = false;
  for (const end of ends.splice(0)) end();
  await vi.waitFor(() => expect(begun).toContain(`${people[2]} A change to your account at Kettle`), { timeout: 5_000 });
  expect(begun.length).toBeGreaterThanOrEqual(750);
});
