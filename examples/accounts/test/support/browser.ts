import { accessSync, appendFileSync, constants } from 'node:fs';
import { chromium, type Browser, type BrowserContext, type CDPSession, type Page } from 'playwright-core';

const candidates = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

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

export function launch(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** Somebody with a browser of their own, and what went wrong in it. */
export class Person implements AsyncDisposable {
  readonly page: Page;
  readonly #context: BrowserContext;
  readonly #problems: string[] = [];

  private constructor(page: Page, context: BrowserContext) {
    this.page = page;
    this.#context = context;
    page.on('pageerror', (error) => this.#problems.push(String(error)));
    page.on('console', (message) => {
      // A refused request is no mistake of the page; what the policy of the page forbids, and errors of its scripts, are.
      if (message.type() === 'error' && !/^Failed to load resource: .*status of 4\d\d/.test(message.text()))
        this.#problems.push(message.text());
    });
  }

  static async at(browser: Browser, baseURL: string): Promise<Person> {
    const context = await browser.newContext({
      baseURL,
      permissions: ['clipboard-read', 'clipboard-write'],
      reducedMotion: 'reduce',
      viewport: { width: 1000, height: 700 },
    });
    context.setDefaultTimeout(20_000);
    return new Person(await context.newPage(), context);
  }

  /** Errors of the console and of scripts, and what was against the content security policy. */
  get problems(): readonly string[] {
    return this.#problems;
  }

  async open(path: string): Promise<void> {
    await this.page.goto(path);
    await this.page.locator('html[data-ready]').waitFor();
  }

  /** Goes to a path as its links do, without loading the page anew. */
  async visit(path: string): Promise<void> {
    await this.page.evaluate(`{
      const link = document.createElement('a');
      link.href = ${JSON.stringify(path)};
      document.body.append(link);
      link.click();
      link.remove();
    }`);
  }

  async fill(label: string, value: string): Promise<void> {
    await this.page.getByLabel(label, { exact: true }).and(this.page.locator('input, textarea')).fill(value);
  }

  async press(name: string | RegExp): Promise<void> {
    await this.page.getByRole('button', { name, exact: typeof name === 'string' }).click();
  }

  async follow(name: string): Promise<void> {
    await this.page.getByRole('link', { name, exact: true }).click();
  }

  async signIn(email: string, password: string): Promise<void> {
    await this.open('/sign-in');
    await this.fill('Email address', email);
    await this.fill('Password', password);
    await this.press('Sign in');
  }

  /** The second step of a sign-in, or a dialog: the code and the button. */
  async enterCode(label: string, code: string, button: string): Promise<void> {
    await this.fill(label, code);
    await this.press(button);
  }

  /** Waits until the page has asked the browser to offer passkeys in the list of a field. */
  async offersPasskeys(): Promise<void> {
    await this.page.locator('html[data-asking=conditional]').waitFor();
  }

  /** Plugs an authenticator into the browser that makes passkeys and answers for the user. Pages that are opened from now on can be waited for. */
  async plugIn(): Promise<Authenticator> {
    await this.#context.addInitScript({ content: markRequests });
    const devTools = await this.#context.newCDPSession(this.page);
    await devTools.send('WebAuthn.enable');
    const { authenticatorId } = await devTools.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    return new Authenticator(devTools, authenticatorId);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#context.close();
  }
}

/** A virtual authenticator. */
export class Authenticator {
  readonly #devTools: CDPSession;
  readonly #authenticatorId: string;

  constructor(devTools: CDPSession, authenticatorId: string) {
    this.#devTools = devTools;
    this.#authenticatorId = authenticatorId;
  }

  /** Whether it answers by itself what it is asked from now on, as if its user had touched it at once. */
  async touch(enabled: boolean): Promise<void> {
    await this.#devTools.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId: this.#authenticatorId, enabled });
  }

  /** How many passkeys it holds. */
  async count(): Promise<number> {
    const { credentials } = await this.#devTools.send('WebAuthn.getCredentials', { authenticatorId: this.#authenticatorId });
    return credentials.length;
  }
}

/** Waits until a heading of the page, or of a dialog, is seen. */
export async function expectHeading({ page }: Person, name: string | RegExp): Promise<void> {
  await page.getByRole('heading', { name }).first().waitFor();
}

/** Waits until a text is seen. */
export async function expectText({ page }: Person, text: string | RegExp): Promise<void> {
  await page.getByText(text).first().waitFor();
}

/** In the page: which request for a passkey waits. */
const markRequests = `{
  const get = navigator.credentials.get.bind(navigator.credentials);
  navigator.credentials.get = (options) => {
    document.documentElement.dataset.asking = options?.mediation ?? 'modal';
    return get(options).finally(() => delete document.documentElement.dataset.asking);
  };
}`;

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
