import { spawn, type ChildProcess } from 'node:child_process';
import { accessSync, appendFileSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

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

/** A page of a real browser. */
export interface Page {
  /** Opens a URL and waits until it is loaded. */
  open(url: string): Promise<void>;
  /** Runs an expression in the page and gives its value, awaited. */
  run<T>(expression: string): Promise<T>;
  /** What the page wrote to its console, and what the browser told it of. */
  readonly console: readonly string[];
}

export interface Browser extends AsyncDisposable {
  newPage(): Promise<Page>;
}

/** Starts a headless Chromium of its own, with an empty profile, that speaks the DevTools protocol. */
export async function startBrowser(executable: string): Promise<Browser> {
  const profile = mkdtempSync(join(tmpdir(), 'plinth-browser-'));
  const child = spawn(
    executable,
    [
      '--headless=new',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--remote-debugging-port=0',
      `--user-data-dir=${profile}`,
      'about:blank',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const end = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      const exited = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await exited;
    }
    rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  };
  try {
    const connection = await DevTools.connect(await addressOf(child));
    return {
      newPage: () => openPage(connection),
      async [Symbol.asyncDispose]() {
        connection.close();
        await end();
      },
    };
  } catch (error) {
    await end();
    throw error;
  }
}

async function openPage(devTools: DevTools): Promise<Page> {
  const { targetId } = (await devTools.send('Target.createTarget', { url: 'about:blank' })) as { targetId: string };
  const { sessionId } = (await devTools.send('Target.attachToTarget', { targetId, flatten: true })) as { sessionId: string };
  const console: string[] = [];
  devTools.on(sessionId, 'Runtime.consoleAPICalled', ({ args }) =>
    console.push((args as { value?: unknown }[]).map(({ value }) => String(value)).join(' ')),
  );
  devTools.on(sessionId, 'Log.entryAdded', ({ entry }) => console.push((entry as { text: string }).text));
  for (const domain of ['Page', 'Runtime', 'Log']) await devTools.send(`${domain}.enable`, {}, sessionId);
  return {
    console,
    async open(url) {
      const loaded = devTools.once(sessionId, 'Page.loadEventFired');
      const { errorText } = (await devTools.send('Page.navigate', { url }, sessionId)) as { errorText?: string };
      if (errorText !== undefined) throw new Error(`${url}: ${errorText}`);
      await loaded;
    },
    async run<T>(expression: string) {
      const options = { expression, awaitPromise: true, returnByValue: true, userGesture: true };
      const { result, exceptionDetails } = (await devTools.send('Runtime.evaluate', options, sessionId)) as {
        result: { value: T };
        exceptionDetails?: { text: string; exception?: { description?: string } };
      };
      if (exceptionDetails !== undefined) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
      return result.value;
    },
  };
}

type Fields = Record<string, unknown>;
type Listener = (fields: Fields) => void;

/** The DevTools protocol over one WebSocket: commands with numbered answers, and events of sessions. */
class DevTools {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, { resolve: (result: Fields) => void; reject: (error: Error) => void }>();
  readonly #listeners = new Map<string, Set<Listener>>();
  #last = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => this.#take(JSON.parse(String(data)) as Fields));
    socket.addEventListener('close', () => {
      for (const { reject } of this.#waiting.values()) reject(new Error('The browser closed the connection.'));
    });
  }

  static connect(url: string): Promise<DevTools> {
    const socket = new WebSocket(url);
    return new Promise((resolve, reject) => {
      socket.addEventListener('open', () => resolve(new DevTools(socket)));
      socket.addEventListener('error', () => reject(new Error(`The browser does not answer at ${url}.`)));
    });
  }

  send(method: string, params: Fields, sessionId?: string): Promise<Fields> {
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#socket.send(JSON.stringify({ id, method, params, ...(sessionId !== undefined && { sessionId }) }));
    });
  }

  on(sessionId: string, event: string, listener: Listener): () => void {
    const key = `${sessionId} ${event}`;
    const listeners = this.#listeners.get(key) ?? new Set();
    this.#listeners.set(key, listeners.add(listener));
    return () => void listeners.delete(listener);
  }

  once(sessionId: string, event: string): Promise<Fields> {
    return new Promise((resolve) => {
      const off = this.on(sessionId, event, (fields) => {
        off();
        resolve(fields);
      });
    });
  }

  close(): void {
    this.#socket.close();
  }

  #take({ id, method, params, sessionId, result, error }: Fields): void {
    if (typeof id !== 'number') {
      for (const listener of this.#listeners.get(`${String(sessionId)} ${String(method)}`) ?? []) listener(params as Fields);
      return;
    }
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error !== undefined) waiting?.reject(new Error((error as { message: string }).message));
    else waiting?.resolve((result ?? {}) as Fields);
  }
}

function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const timer = setTimeout(() => reject(new Error(`The browser did not start within 30 s: ${text}`)), 30_000);
    child.stderr?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const address = /DevTools listening on (ws:\S+)/.exec(text)?.[1];
      if (address === undefined) return;
      clearTimeout(timer);
      resolve(address);
    });
    child.once('error', reject);
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`The browser ended with code ${code}: ${text}`));
    });
  });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
