import type { Account } from '@plinth/auth/accounts';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectHeading, expectText, findBrowser, launch, Person } from './support/browser.js';
import { Folio, PASSWORD, standingClock } from './support/folio.js';
import { totpCode } from './support/totp.js';

const executable = findBrowser();

describe.skipIf(executable === undefined)('several browsers', { timeout: 60_000 }, () => {
  const clock = standingClock();
  let browser: Browser;
  let folio: Folio;
  let laptop: Person;
  let phone: Person;
  let admin: Person;
  let account: Account;

  beforeAll(async () => {
    [browser, folio] = await Promise.all([launch(executable!), Folio.start({ clock })]);
    account = await folio.account({ email: 'barbara@example.com', name: 'Barbara' });
    await folio.account({ email: 'root@example.com', name: 'Root', roles: ['user', 'admin'] });
    [laptop, phone, admin] = await Promise.all([
      Person.at(browser, folio.url),
      Person.at(browser, folio.url),
      Person.at(browser, folio.url),
    ]);
  });
  afterAll(async () => {
    await browser?.close();
    await folio?.[Symbol.asyncDispose]();
  });

  test('a device is signed out from another one, at its next request', async () => {
    await laptop.signIn(account.email, PASSWORD);
    await expectHeading(laptop, 'Notes');
    await phone.signIn(account.email, PASSWORD);
    await expectHeading(phone, 'Notes');
    await laptop.visit('/settings/devices');
    await expectHeading(laptop, '2 devices');
    await expectText(laptop, 'This device');
    await laptop.press(/^Sign out Chrome/);
    await expectHeading(laptop, 'One device');
    await phone.follow('Settings');
    await phone.follow('Devices');
    await expectText(phone, 'You have been signed out.');
  });

  test('everywhere else is one button', async () => {
    await phone.signIn(account.email, PASSWORD);
    await expectHeading(phone, 'Notes');
    await laptop.visit('/settings/devices');
    await laptop.press('Sign out everywhere else');
    await laptop.page.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click();
    await expectText(laptop, 'One device is signed out.');
    await phone.open('/notes');
    await expectHeading(phone, 'Welcome back');
    await laptop.open('/notes');
    await expectHeading(laptop, 'Notes');
  });

  test('a new password signs the others out, and this one stays', async () => {
    await phone.signIn(account.email, PASSWORD);
    await expectHeading(phone, 'Notes');
    await laptop.visit('/settings/security');
    await laptop.fill('Current password', 'not the password at all');
    await laptop.fill('New password', 'nine gentle walruses');
    await laptop.press('Change password');
    await expectText(laptop, 'The password is wrong.');
    await laptop.fill('Current password', PASSWORD);
    await laptop.press('Change password');
    await expectText(laptop, 'Your password has changed.');
    await phone.open('/notes');
    await expectHeading(phone, 'Welcome back');
    await laptop.open('/notes');
    await expectHeading(laptop, 'Notes');
  });

  test('a user has no list of accounts, and is refused by the server too', async () => {
    await laptop.open('/admin');
    await expectHeading(laptop, 'Notes');
    expect(await laptop.page.getByRole('link', { name: 'Admin' }).count()).toBe(0);
    const answer = await laptop.page.evaluate(async () => {
      const response = await fetch('/api/admin/accounts');
      return { status: response.status, code: ((await response.json()) as { code: string }).code };
    });
    expect(answer).toEqual({ status: 403, code: 'AUTH_PERMISSION_MISSING' });
  });

  test('an administrator sees all accounts, and changes them with a second factor only', async () => {
    await admin.signIn('root@example.com', PASSWORD);
    await expectHeading(admin, 'Notes');
    await admin.follow('Admin');
    await expectText(admin, 'barbara@example.com');
    await admin.press('Disable Barbara');
    await admin.page.getByRole('dialog').getByRole('button', { name: 'Disable' }).click();
    await expectHeading(admin, 'This needs a second factor');
    await admin.press('Go to the settings');
    await admin.press('Set up');
    const secret = await admin.page.locator('#totp-secret').innerText();
    await admin.enterCode('Code', totpCode(secret, clock.now()), 'Turn on');
    await admin.page.getByLabel('I have put them in a safe place').check();
    await admin.press('Done');
    await admin.follow('Admin');
    await admin.press('Disable Barbara');
    await admin.page.getByRole('dialog').getByRole('button', { name: 'Disable' }).click();
    await expectText(admin, 'Barbara is disabled.');
    await laptop.follow('Settings');
    await laptop.follow('Devices');
    await expectText(laptop, 'You have been signed out.');
    await laptop.signIn(account.email, 'nine gentle walruses');
    await expectText(laptop, 'The name or the password is wrong.');
  });

  test('an account that is enabled again signs in, and with a role it sees the list at once', async () => {
    await admin.press('Enable Barbara');
    await expectText(admin, 'Barbara can sign in again.');
    await laptop.signIn(account.email, 'nine gentle walruses');
    await expectHeading(laptop, 'Notes');
    await admin.press('Roles of Barbara');
    await admin.page.getByLabel(/^Administrator/).check();
    await admin.press('Save');
    await expectText(admin, 'The roles are saved.');
    await laptop.open('/admin');
    await expectText(laptop, 'root@example.com');
  });

  test('nothing of it was an error of a page or against its content security policy', () => {
    expect([laptop, phone, admin].flatMap(({ problems }) => problems)).toEqual([]);
  });
});
