import { accessSync, appendFileSync, constants } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';

const candidates = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const quiet = ['--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

/** The Chromium of `TEST_CHROMIUM`, or of this machine; `undefined` without one. */
export function findBrowser(): string | undefined {
  const { TEST_CHROMIUM } = process.env;
  return (TEST_CHROMIUM ? [TEST_CHROMIUM] : candidates).find(isExecutable);
}

/** Whether a missing browser fails the run, as a missing database does; otherwise it is noted for the closing line of the test run. */
export function browserIsRequired(): boolean {
  const { CI, PLINTH_REQUIRE_SERVERS, PLINTH_MISSING_SERVERS } = process.env;
  if (PLINTH_MISSING_SERVERS) appendFileSync(PLINTH_MISSING_SERVERS, 'Chromium\n');
  return PLINTH_REQUIRE_SERVERS === '1' || (CI !== undefined && !['', '0', 'false'].includes(CI));
}

export function startBrowser(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', ...quiet] });
}

/** A profile with a device in it that holds passkeys and knows its user. */
export class Device {
  readonly #context: BrowserContext;
  readonly #page: Page;
  readonly #send: DevTools['send'];
  readonly #authenticatorId: string;

  private constructor(page: Page, send: DevTools['send'], authenticatorId: string) {
    this.#context = page.context();
    this.#page = page;
    this.#send = send;
    this.#authenticatorId = authenticatorId;
  }

  static async open(browser: Browser, url: string, transport: 'internal' | 'usb' = 'internal'): Promise<Device> {
    const page = await (await browser.newContext()).newPage();
    const tools = await page.context().newCDPSession(page);
    await tools.send('WebAuthn.enable');
    const { authenticatorId } = await tools.send('WebAuthn.addVirtualAuthenticator', {
      options: { protocol: 'ctap2', transport, hasResidentKey: true, hasUserVerification: true, isUserVerified: true },
    });
    await page.goto(url);
    return new Device(page, tools.send.bind(tools), authenticatorId);
  }

  /** Sends a request from the page; gives status and body. */
  fetch(path: string, json?: unknown, method = 'POST'): Promise<{ status: number; body: unknown }> {
    return this.#page.evaluate(
      async ([to, how, text]) => {
        const init = text === undefined ? {} : { body: text, headers: { 'content-type': 'application/json' } };
        const answer = await fetch(to, { method: how, ...init });
        const body = await answer.text();
        return { status: answer.status, body: body === '' ? undefined : (JSON.parse(body) as unknown) };
      },
      [path, method, json === undefined ? undefined : JSON.stringify(json)] as const,
    );
  }

  /** Lets the browser make a passkey by these options, as a page does; gives what it says as JSON. */
  create(options: unknown): Promise<unknown> {
    const publicKey = `PublicKeyCredential.parseCreationOptionsFromJSON(${JSON.stringify(options)})`;
    return this.#page.evaluate(`navigator.credentials.create({ publicKey: ${publicKey} }).then((made) => made.toJSON())`);
  }

  /** Lets the browser sign these options with a passkey. */
  get(options: unknown): Promise<unknown> {
    const publicKey = `PublicKeyCredential.parseRequestOptionsFromJSON(${JSON.stringify(options)})`;
    return this.#page.evaluate(`navigator.credentials.get({ publicKey: ${publicKey} }).then((signed) => signed.toJSON())`);
  }

  /** The passkeys of the device, private keys and all. */
  async passkeys() {
    return (await this.#send('WebAuthn.getCredentials', { authenticatorId: this.#authenticatorId })).credentials;
  }

  /** Forgets who is signed in. */
  async forget(): Promise<void> {
    await this.#context.clearCookies();
  }

  async cookies(): Promise<readonly string[]> {
    return (await this.#context.cookies()).map(({ name }) => name).toSorted();
  }

  async close(): Promise<void> {
    await this.#context.close();
  }
}

type DevTools = Awaited<ReturnType<BrowserContext['newCDPSession']>>;

/** A port that is free now. The origin of passkeys has it in it, so that it must be known before the start. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
