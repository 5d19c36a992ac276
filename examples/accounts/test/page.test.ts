import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectHeading, findBrowser, launch, Person } from './support/browser.js';
import { Folio, PASSWORD } from './support/folio.js';

const executable = findBrowser();

/** In the page: what is wider than the screen, and what a screen reader could not name. */
const faults = `[
  ...(document.documentElement.scrollWidth > innerWidth ? ['wider than the screen by ' + (document.documentElement.scrollWidth - innerWidth)] : []),
  ...[...document.querySelectorAll('input, textarea')].filter((each) => each.labels.length === 0 && !each.ariaLabel).map((each) => 'no label: ' + each.name),
  ...[...document.querySelectorAll('button, a[href]')].filter((each) => (each.ariaLabel ?? each.textContent).trim() === '').map((each) => 'no name: ' + each.outerHTML),
  ...[...document.querySelectorAll('[style], style, script:not([src])')].map((each) => 'inline: ' + each.outerHTML),
  ...(document.querySelectorAll('h1').length === 1 ? [] : ['not one h1']),
]`;

describe.skipIf(executable === undefined)('the page', { timeout: 60_000 }, () => {
  let browser: Browser;
  let folio: Folio;

  beforeAll(async () => {
    [browser, folio] = await Promise.all([launch(executable!), Folio.start()]);
    await folio.account({ email: 'root@example.com', name: 'Root of All Accounts', roles: ['user', 'admin'] });
    await folio.account({ email: `${'a-very-long-address-'.repeat(3)}@example.com` });
  });
  afterAll(async () => {
    await browser?.close();
    await folio?.[Symbol.asyncDispose]();
  });

  test('fits a screen of 360 pixels, and everything in it has a name, on every view', async () => {
    await using ann = await Person.at(browser, folio.url);
    await ann.page.setViewportSize({ width: 360, height: 740 });
    const check = async (path: string): Promise<void> => {
      await ann.visit(path);
      await ann.page.locator('main:not([aria-busy]) h1').waitFor();
      expect(await ann.page.evaluate(faults), path).toEqual([]);
    };
    await ann.open('/');
    for (const path of ['/', '/sign-in', '/register', '/forgot', '/confirm', '/reset', '/nowhere']) await check(path);
    await ann.signIn('root@example.com', PASSWORD);
    await expectHeading(ann, 'Notes');
    for (const path of ['/notes', '/notes/new', '/settings', '/settings/security', '/settings/devices', '/settings/activity', '/admin'])
      await check(path);
    expect(ann.problems).toEqual([]);
  });

  test('keeps the keyboard: the first field has the focus, a dialog holds it, and gives it back', async () => {
    await using ann = await Person.at(browser, folio.url);
    await ann.open('/sign-in');
    const focused = () => ann.page.evaluate('document.activeElement.name || document.activeElement.textContent');
    expect(await focused()).toBe('email');
    await ann.page.keyboard.type('root@example.com');
    await ann.page.keyboard.press('Tab');
    await ann.page.keyboard.press('Tab');
    await ann.page.keyboard.type(PASSWORD);
    await ann.page.keyboard.press('Enter');
    await expectHeading(ann, 'Notes');
    await ann.visit('/settings');
    await ann.page.getByRole('button', { name: 'Delete account' }).focus();
    await ann.page.keyboard.press('Enter');
    await expectHeading(ann, 'Delete your account?');
    expect(await focused()).toBe('Cancel');
    await ann.page.keyboard.press('Escape');
    await ann.page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await focused()).toBe('Delete account');
  });

  test('is sent with a policy that lets nothing inline run, for every path of it', async () => {
    for (const path of ['/', '/notes', '/settings/security']) {
      const response = await folio.app.client.get(path, { headers: { accept: 'text/html', 'sec-fetch-mode': 'navigate' } });
      expect([response.status, response.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
      const policy = response.headers['content-security-policy'];
      expect(policy).toContain("default-src 'self'; script-src 'self'; script-src-attr 'none'; style-src 'self'");
      expect(policy).not.toContain('unsafe');
    }
    expect((await folio.app.client.get('/api/nothing', { headers: { accept: 'text/html', 'sec-fetch-mode': 'navigate' } })).status).toBe(
      404,
    );
  });
});
