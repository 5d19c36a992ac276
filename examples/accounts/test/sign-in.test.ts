import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Authenticator, browserIsRequired, expectHeading, expectText, findBrowser, launch, Person } from './support/browser.js';
import { Folio, PASSWORD, standingClock } from './support/folio.js';
import { totpCode } from './support/totp.js';

const executable = findBrowser();
const email = 'ada@example.com';

test.runIf(executable === undefined)('the browser is there where it is required', () => {
  expect(browserIsRequired(), 'Chromium was not found: install it, or say where it is in TEST_CHROMIUM.').toBe(false);
});

describe.skipIf(executable === undefined)('one person, from registration to a passkey', { timeout: 60_000 }, () => {
  const clock = standingClock();
  let browser: Browser;
  let folio: Folio;
  let ada: Person;
  let passkeys: Authenticator;
  let secret: string;
  let recoveryCodes: string[];

  beforeAll(async () => {
    [browser, folio] = await Promise.all([launch(executable!), Folio.start({ clock })]);
    ada = await Person.at(browser, folio.url);
  });
  afterAll(async () => {
    await browser?.close();
    await folio?.[Symbol.asyncDispose]();
  });

  /** The next code of the authenticator app: each is good once. */
  const nextCode = async (): Promise<string> => {
    await clock.advance(30_000);
    return totpCode(secret, clock.now());
  };
  const signOut = async (): Promise<void> => {
    await ada.press('Sign out');
    await expectHeading(ada, 'Welcome back');
  };

  test('a password that is too short is told of at its field', async () => {
    await ada.open('/');
    await ada.follow('Create an account');
    await ada.fill('Name', 'Ada');
    await ada.fill('Email address', email);
    await ada.fill('Password', 'short');
    await ada.press('Create account');
    await expectText(ada, 'The password has 5 characters; at least 15 are needed.');
    const field = ada.page.getByLabel('Password', { exact: true });
    expect(await field.getAttribute('aria-invalid')).toBe('true');
    expect(await field.and(ada.page.locator(':focus')).count()).toBe(1);
  });

  test('the link of the mail makes the account and signs in, and its token is in no address bar', async () => {
    await ada.fill('Password', PASSWORD);
    await ada.press('Create account');
    await expectHeading(ada, 'Look into your mail');
    await ada.open(await folio.linkTo(email, '/confirm'));
    await expectHeading(ada, 'Notes');
    expect(ada.page.url()).toBe(`${folio.url}/notes`);
    expect(await ada.page.evaluate('JSON.stringify([history.state, location.href, document.referrer])')).not.toContain('token');
    await expectText(ada, 'Nothing written yet');
  });

  test('a link works once', async () => {
    await ada.open(await folio.linkTo(email, '/confirm'));
    await expectHeading(ada, 'This link does not work');
    await ada.open('/notes');
  });

  test('another browser is asked for the password, and nobody else can confirm a registration', async () => {
    await using eve = await Person.at(browser, folio.url);
    await using owner = await Person.at(browser, folio.url);
    await eve.open('/register');
    await eve.fill('Email address', 'owner@example.com');
    await eve.fill('Password', 'the password of a stranger');
    await eve.press('Create account');
    await expectHeading(eve, 'Look into your mail');
    await owner.open(await folio.linkTo('owner@example.com', '/confirm'));
    await expectText(owner, 'This is not the browser that you registered with.');
    await owner.fill('Password', 'not what the stranger chose');
    await owner.press('Confirm');
    await expectText(owner, 'The password is wrong.');
    expect([...eve.problems, ...owner.problems]).toEqual([]);
  });

  test('a note is written, changed and deleted', async () => {
    await ada.follow('New note');
    await ada.fill('Title', 'Groceries');
    await ada.fill('Text', 'Oats, lemons.');
    await ada.press('Save note');
    await expectText(ada, 'The note is saved.');
    await ada.fill('Text', '<b>Oats</b>, lemons, chocolate.');
    await ada.press('Save changes');
    await ada.page.getByRole('link', { name: /Groceries <b>Oats<\/b>, lemons, chocolate\./ }).waitFor();
    await ada.press('Delete');
    await ada.page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await expectText(ada, 'Nothing written yet');
  });

  test('signing out and in with the password, and a wrong one says no more than that', async () => {
    await signOut();
    await ada.signIn(email, 'not the password at all');
    await expectText(ada, 'The name or the password is wrong.');
    await ada.signIn(email, PASSWORD);
    await expectHeading(ada, 'Notes');
    // Whoever owns the account sees that somebody has tried.
    await ada.visit('/settings/activity');
    await expectText(ada, 'A wrong password');
  });

  test('an authenticator app is set up by its QR code or key, and recovery codes are shown once', async () => {
    await ada.visit('/settings/security');
    await ada.press('Set up');
    await expectHeading(ada, 'Set up your authenticator app');
    await ada.page.getByAltText('QR code for your authenticator app').waitFor();
    expect(await ada.page.evaluate(`document.querySelector('.qr').decode().then(() => 'drawn')`)).toBe('drawn');
    secret = await ada.page.locator('#totp-secret').innerText();
    await ada.enterCode('Code', '000000', 'Turn on');
    await expectText(ada, 'The code is wrong, has been used, or is no longer valid.');
    await ada.enterCode('Code', await nextCode(), 'Turn on');
    await expectHeading(ada, 'Keep your recovery codes');
    recoveryCodes = await ada.page.locator('.codes code').allInnerTexts();
    expect(recoveryCodes).toHaveLength(10);
    await ada.press('Copy');
    await expectText(ada, 'The codes are copied.');
    expect(await ada.page.evaluate('navigator.clipboard.readText()')).toBe(recoveryCodes.join('\n'));
    await ada.page.getByLabel('I have put them in a safe place').check();
    await ada.press('Done');
    await expectText(ada, '10 left');
  });

  test('from then on the password is half the way, also after the page was loaded anew', async () => {
    await signOut();
    await ada.signIn(email, PASSWORD);
    await expectHeading(ada, 'One more step');
    await ada.open('/notes');
    await expectHeading(ada, 'One more step');
    await ada.enterCode('Code from your authenticator app', '123456', 'Continue');
    await expectText(ada, 'The code is wrong, has been used, or is no longer valid.');
    await ada.enterCode('Code from your authenticator app', await nextCode(), 'Continue');
    await expectHeading(ada, 'Notes');
  });

  test('a recovery code opens the account when the phone is gone, and one less is left', async () => {
    await signOut();
    await ada.signIn(email, PASSWORD);
    await ada.press('Use a recovery code');
    await ada.enterCode('Recovery code', recoveryCodes[3]!, 'Continue');
    await expectHeading(ada, 'Notes');
    await ada.visit('/settings/security');
    await expectText(ada, '9 left');
  });

  test('a passkey is added and named', async () => {
    passkeys = await ada.plugIn();
    await ada.open('/settings/security');
    await ada.press('Add a passkey');
    await expectText(ada, 'Your passkey is ready.');
    await expectText(ada, 'This device only');
    await ada.press(/^Rename/);
    await ada.fill('Name', 'My laptop');
    await ada.press('Save');
    await expectText(ada, 'My laptop');
    expect(await passkeys.count()).toBe(1);
  });

  test('the passkey signs in without a name, and needs no second step', async () => {
    // Nobody takes it from the list of the address field.
    await passkeys.touch(false);
    await signOut();
    await ada.offersPasskeys();
    await passkeys.touch(true);
    await ada.press('Use a passkey');
    await expectHeading(ada, 'Notes');
    await ada.visit('/settings/security');
    await expectText(ada, 'used just now');
  });

  test('the passkey is offered where the address is typed, and taken from there signs in', async () => {
    const answered = ada.page.waitForResponse((response) => response.url().endsWith('/sign-in/passkey'));
    await ada.press('Sign out');
    expect((await answered).status()).toBe(200);
    await expectHeading(ada, 'Notes');
    await passkeys.touch(false);
    await signOut();
    await ada.offersPasskeys();
    expect(await ada.page.getByLabel('Email address').getAttribute('autocomplete')).toBe('username webauthn');
  });

  test('the passkey is a second factor after the password', async () => {
    await ada.signIn(email, PASSWORD);
    await expectHeading(ada, 'One more step');
    await passkeys.touch(true);
    await ada.press('Use a passkey');
    await ada.press('Use a passkey');
    await expectHeading(ada, 'Notes');
  });

  test('what matters asks again after ten minutes, and goes on by itself', async () => {
    await ada.visit('/settings/security');
    await clock.advance(11 * 60_000);
    await ada.press('Make new ones');
    await expectHeading(ada, 'Confirm that it’s you');
    // Who has a second factor has to give one: the password would not do.
    expect(await ada.page.getByRole('dialog').getByLabel('Password').count()).toBe(0);
    await ada.press('Use a code instead');
    await ada.enterCode('Code from your authenticator app', '123456', 'Confirm');
    await expectText(ada, 'The code is wrong, has been used, or is no longer valid.');
    await ada.enterCode('Code from your authenticator app', await nextCode(), 'Confirm');
    await expectHeading(ada, 'Keep your recovery codes');
    expect(await ada.page.locator('.codes code').allInnerTexts()).not.toContain(recoveryCodes[0]);
    await ada.page.getByLabel('I have put them in a safe place').check();
    await ada.press('Done');
    await clock.advance(11 * 60_000);
    await ada.press(/^Remove/);
    await ada.page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await expectHeading(ada, 'Confirm that it’s you');
    await ada.page.keyboard.press('Escape');
    await expectText(ada, 'My laptop');
    await ada.press(/^Remove/);
    await ada.page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await ada.press('Use a passkey');
    await expectText(ada, 'The passkey is removed.');
    await expectText(ada, 'No passkey yet');
  });

  test('the address changes by a link to the new one', async () => {
    await ada.visit('/settings');
    await ada.fill('New address', 'ada@new.example');
    await ada.press('Change address');
    await expectText(ada, 'A link is on its way to');
    await ada.open(await folio.linkTo('ada@new.example', '/email'));
    await expectHeading(ada, 'Your address has changed');
    await ada.follow('To your settings');
    await expectText(ada, 'ada@new.example');
  });

  test('a forgotten password is replaced by mail, and the second factor stays', async () => {
    await signOut();
    await ada.follow('Forgotten?');
    await ada.fill('Email address', 'ada@new.example');
    await ada.press('Send the link');
    await expectHeading(ada, 'Look into your mail');
    await ada.open(await folio.linkTo('ada@new.example', '/reset'));
    await expectHeading(ada, 'Choose a new password');
    expect(ada.page.url()).toBe(`${folio.url}/reset`);
    await ada.fill('New password', 'eight patient otters');
    await ada.press('Save the password');
    await expectHeading(ada, 'Welcome back');
    await ada.signIn('ada@new.example', 'eight patient otters');
    await ada.enterCode('Code from your authenticator app', await nextCode(), 'Continue');
    await expectHeading(ada, 'Notes');
  });

  test('the account is deleted, and with it the way in', async () => {
    await ada.visit('/settings');
    await ada.press('Delete account');
    await ada.press('Delete for good');
    await expectHeading(ada, 'Notes that are yours alone.');
    await ada.signIn('ada@new.example', 'eight patient otters');
    await expectText(ada, 'The name or the password is wrong.');
  });

  test('nothing of it was an error of the page or against its content security policy', () => {
    expect(ada.problems).toEqual([]);
  });
});
