import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectHeading, expectText, findBrowser, launch, Person } from './support/browser.js';
import { Folio, PASSWORD } from './support/folio.js';

const executable = findBrowser();

describe.skipIf(executable === undefined)('social sign-in at a provider of OpenID Connect', { timeout: 60_000 }, () => {
  let browser: Browser;
  let folio: Folio;

  beforeAll(async () => {
    [browser, folio] = await Promise.all([launch(executable!), Folio.start({ provider: true })]);
    await folio.account({ email: 'grace@example.com', name: 'Grace' });
  });
  afterAll(async () => {
    await browser?.close();
    await folio?.[Symbol.asyncDispose]();
  });

  /** At the provider, which believes whatever it is told. */
  const sayWho = async ({ page }: Person, email: string): Promise<void> => {
    await page.getByLabel('Who are you?').fill(email);
    await page.getByRole('button', { name: 'Continue' }).click();
  };

  test('somebody new gets an account, and comes back to it', async () => {
    await using linus = await Person.at(browser, folio.url);
    await linus.open('/sign-in');
    await linus.press('Continue with Local ID');
    await sayWho(linus, 'linus@example.com');
    await expectHeading(linus, 'Notes');
    await linus.press('Sign out');
    await expectHeading(linus, 'Welcome back');
    // The provider still knows who it is.
    await linus.press('Continue with Local ID');
    await expectHeading(linus, 'Notes');
    await linus.visit('/settings');
    await expectText(linus, 'linus@example.com');
    expect(linus.problems).toEqual([]);
  });

  test('the only way to sign in is not taken away, and a password makes it one of two', async () => {
    await using karen = await Person.at(browser, folio.url);
    await karen.open('/sign-in');
    await karen.press('Continue with Local ID');
    await sayWho(karen, 'karen@example.com');
    await expectHeading(karen, 'Notes');
    await karen.visit('/settings/security');
    await expectText(karen, 'Your account has none yet.');
    await karen.press('Unlink Local ID');
    await karen.page.getByRole('dialog').getByRole('button', { name: 'Unlink' }).click();
    await expectText(karen, 'This is the last way to sign in to the account');
    await karen.fill('New password', PASSWORD);
    await karen.press('Set a password');
    await expectText(karen, 'Your password is set.');
    await karen.press('Unlink Local ID');
    await karen.page.getByRole('dialog').getByRole('button', { name: 'Unlink' }).click();
    await expectText(karen, 'Not linked');
    expect(karen.problems).toEqual([]);
  });

  test('an account with the same address is not taken over; its owner links it, and signs in with it', async () => {
    await using grace = await Person.at(browser, folio.url);
    await grace.open('/sign-in');
    await grace.press('Continue with Local ID');
    await sayWho(grace, 'grace@example.com');
    await expectText(grace, 'There is an account with this address already.');
    await grace.signIn('grace@example.com', PASSWORD);
    await expectHeading(grace, 'Notes');
    await grace.visit('/settings/security');
    await grace.press('Link Local ID');
    await expectText(grace, 'grace@example.com, since');
    await grace.press('Sign out');
    await expectHeading(grace, 'Welcome back');
    await grace.press('Continue with Local ID');
    await expectHeading(grace, 'Notes');
    expect(grace.problems).toEqual([]);
  });

  test('an address that is not verified there makes no account, and whoever cancels is told so', async () => {
    await using mallory = await Person.at(browser, folio.url);
    await mallory.open('/sign-in');
    await mallory.press('Continue with Local ID');
    await sayWho(mallory, 'unverified@example.com');
    await expectText(mallory, 'The provider has not verified your address.');
    await using fickle = await Person.at(browser, folio.url);
    await fickle.open('/register');
    await fickle.press('Continue with Local ID');
    await fickle.page.getByRole('button', { name: 'Cancel' }).click();
    await expectText(fickle, 'The sign-in was cancelled there.');
    expect([...mallory.problems, ...fickle.problems]).toEqual([]);
  });
});
