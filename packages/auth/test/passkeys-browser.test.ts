import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { browserIsRequired, Device, findBrowser, freePort, startBrowser } from './passkey-browser.js';
import { startPasskeys } from './passkey-support.js';

const executable = findBrowser();

describe.skipIf(executable === undefined)('passkeys in a real browser', () => {
  let browser: Browser;
  let site: Awaited<ReturnType<typeof startPasskeys>>;
  let origin: string;

  beforeAll(async () => {
    const port = await freePort();
    origin = `http://localhost:${port}`;
    site = await startPasskeys({}, { env: { APP_URL: origin, PORT: String(port) } });
    browser = await startBrowser(executable!);
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await site?.[Symbol.asyncDispose]();
  });

  /** Somebody who has signed in by a password, on a device of their own. */
  async function signedIn(id: string, transport?: 'usb'): Promise<Device> {
    const device = await Device.open(browser, `${origin}/page`, transport);
    expect(await device.fetch('/password', { id })).toMatchObject({ status: 200 });
    return device;
  }

  async function register(device: Device): Promise<void> {
    const options = await device.fetch('/account/passkeys/options');
    expect(options.status).toBe(200);
    expect(await device.fetch('/account/passkeys', { response: await device.create(options.body) })).toMatchObject({ status: 201 });
  }

  test('a passkey is registered and signs in without a name [AU-11]', { timeout: 60_000 }, async () => {
    const device = await signedIn('ada');
    await register(device);
    const [passkey] = await device.passkeys();
    expect(passkey).toMatchObject({ isResidentCredential: true, rpId: 'localhost', signCount: 1 });
    await device.forget();
    expect((await device.fetch('/me', undefined, 'GET')).status).toBe(401);
    for (let times = 0; times < 2; times++) {
      const options = await device.fetch('/account/sign-in/passkey/options');
      const answer = await device.fetch('/account/sign-in/passkey', { response: await device.get(options.body) });
      expect(answer).toEqual({ status: 200, body: { state: 'signed-in', factors: [] } });
    }
    expect(await device.fetch('/me', undefined, 'GET')).toMatchObject({ status: 200, body: { id: 'ada' } });
    // Browsers take the prefix __Host- from http on localhost too.
    expect(await device.cookies()).toEqual(expect.arrayContaining(['__Host-passkey', '__Host-sid']));
    await device.close();
  });

  test('a passkey on a security key is the second factor after a password [AU-11]', { timeout: 60_000 }, async () => {
    const device = await signedIn('bob', 'usb');
    await register(device);
    await device.forget();
    expect(await device.fetch('/password', { id: 'bob' })).toEqual({ status: 200, body: { factors: ['passkey'] } });
    expect((await device.fetch('/me', undefined, 'GET')).status).toBe(403);
    const options = await device.fetch('/account/sign-in/passkey-factor/options');
    const answer = await device.fetch('/account/sign-in/passkey-factor', { response: await device.get(options.body) });
    expect(answer).toEqual({ status: 200, body: { state: 'signed-in', factors: [] } });
    expect(await device.fetch('/me', undefined, 'GET')).toMatchObject({ body: { id: 'bob', methods: ['pwd', 'hwk', 'user', 'mfa'] } });
    // The browser itself refuses to make another on the same device.
    const again = await device.fetch('/account/passkeys/options');
    await expect(device.create(again.body)).rejects.toThrow('InvalidStateError');
    await device.close();
  });

  test('an answer that was given once is refused when it is sent again [AU-11]', { timeout: 60_000 }, async () => {
    const device = await signedIn('eve');
    await register(device);
    const options = await device.fetch('/account/passkeys/verify/options');
    const response = await device.get(options.body);
    expect((await device.fetch('/account/passkeys/verify', { response })).status).toBe(204);
    expect(await device.fetch('/account/passkeys/verify', { response })).toMatchObject({
      status: 409,
      body: { code: 'AUTH_PASSKEY_CHALLENGE' },
    });
    await device.close();
  });
});

test.runIf(executable === undefined)('the browser is there where it is required', () => {
  expect(browserIsRequired(), 'Chromium was not found: install it, or say where it is in TEST_CHROMIUM.').toBe(false);
});
