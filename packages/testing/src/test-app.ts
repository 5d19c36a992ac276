import {
  createApp,
  isAppError,
  provideValue,
  systemClock,
  type App,
  type AppOptions,
  type Clock,
  type Dep,
  type Key,
  type ModuleRef,
  type Provider,
} from '@plinth/core';
import { HTTP_SERVER, type HttpServer } from '@plinth/http';
import { CookieJar } from './cookie-jar.js';
import { TESTING_ERRORS } from './errors.js';
import { RecordedLogs } from './recorded-logs.js';
import { TestClient } from './test-client.js';

/** Whether an error in the log fails the test, and the like. */
export interface TestAppOptions {
  /** Whether `stop` throws when the application logged an error that the test did not look at with `logs.errors()`. Default true. */
  readonly failOnErrorLog?: boolean;
}

interface Plan extends TestAppOptions {
  readonly overrides: readonly Provider[];
  readonly env: { readonly [name: string]: string | undefined };
  readonly config: NonNullable<AppOptions['config']>;
  readonly clock?: Clock;
}

/**
 * A test of a module as a whole application. Nothing of the machine's environment or `.env` reaches it: name what it needs with `env`.
 * Rate limits are off; `env({ HTTP_RATE_LIMITS: undefined })` switches them on.
 *
 * @example
 * await using app = await testApp(OrdersModule).override(MAILER, mailer).start();
 * const response = await app.client.get('/orders/7');
 */
export function testApp(root: ModuleRef, options: TestAppOptions = {}): TestAppBuilder {
  // Port 0: any free one, so that tests run side by side. No rate limits: the requests of a whole test come from one client.
  return new TestAppBuilder(root, {
    ...options,
    overrides: [],
    env: { NODE_ENV: 'test', HOST: '127.0.0.1', PORT: '0', LOG_LEVEL: 'debug', HTTP_RATE_LIMITS: 'off' },
    config: [],
  });
}

/** What a test changes before its application starts. Each call gives a new builder, so a common start can be shared. */
export class TestAppBuilder {
  readonly #root: ModuleRef;
  readonly #plan: Plan;

  constructor(root: ModuleRef, plan: Plan) {
    this.#root = root;
    this.#plan = plan;
  }

  /** Puts a value in the place of whatever provides a key. A key that nothing provides stops the boot. */
  override<T>(key: Key<T>, value: NoInfer<T>): TestAppBuilder {
    return this.overrideWith(provideValue(key, value));
  }

  /** Puts a provider in the place of the one with its key. */
  overrideWith(...providers: readonly Provider[]): TestAppBuilder {
    return this.#change({ overrides: [...this.#plan.overrides, ...providers] });
  }

  /** Adds environment variables; `undefined` removes one. */
  env(variables: { readonly [name: string]: string | undefined }): TestAppBuilder {
    return this.#change({ env: { ...this.#plan.env, ...variables } });
  }

  /** Sets values of configurations: `config(HTTP_CONFIG.override({ port: 0 }))`. */
  config(...overrides: NonNullable<AppOptions['config']>): TestAppBuilder {
    return this.#change({ config: [...this.#plan.config, ...overrides] });
  }

  /** Puts another clock in the place of the machine's, such as `fakeClock()`. */
  clock(clock: Clock): TestAppBuilder {
    return this.#change({ clock });
  }

  /** Builds and starts the application. Rejects with the `BootError` that lists every problem. */
  async start(): Promise<TestApp> {
    const { overrides, env, config, clock, failOnErrorLog = true } = this.#plan;
    const logs = new RecordedLogs();
    const app = await createApp(this.#root, {
      env,
      envFile: false,
      overrides: [...overrides],
      config: [...config],
      logger: logs,
      ...(clock !== undefined && { clock }),
    });
    await app.start();
    return new TestApp(app, { logs, clock: clock ?? systemClock, failOnErrorLog });
  }

  #change(change: Partial<Plan>): TestAppBuilder {
    return new TestAppBuilder(this.#root, { ...this.#plan, ...change });
  }
}

interface TestAppParts {
  readonly logs: RecordedLogs;
  readonly clock: Clock;
  readonly failOnErrorLog: boolean;
}

/** A running application under test. `await using` stops it at the end of the block. */
export class TestApp implements AsyncDisposable {
  readonly app: App;
  /** Every line that it logged, at all levels. */
  readonly logs: RecordedLogs;
  readonly clock: Clock;
  readonly #failOnErrorLog: boolean;
  #client: TestClient | undefined;

  constructor(app: App, { logs, clock, failOnErrorLog }: TestAppParts) {
    this.app = app;
    this.logs = logs;
    this.clock = clock;
    this.#failOnErrorLog = failOnErrorLog;
  }

  /** Sends requests without a socket. Throws `TESTING_NO_HTTP` when the application has no HttpModule. */
  get client(): TestClient {
    return (this.#client ??= new TestClient(this.server, new CookieJar(() => this.clock.now())));
  }

  /** The HTTP server; it listens at `server.address()`. */
  get server(): HttpServer {
    try {
      return this.app.get(HTTP_SERVER);
    } catch (cause) {
      throw TESTING_ERRORS.NO_HTTP({ cause: isAppError(cause) ? cause.detail : String(cause) }, { cause });
    }
  }

  /** What a key gives; see `App.get`. */
  get<T>(key: Dep<T>): T {
    return this.app.get(key);
  }

  /** Stops the application; then throws an `AssertionError` if it logged errors that the test did not look at. Stopping twice is stopping once. */
  async stop(): Promise<void> {
    await this.app.stop();
    if (this.#failOnErrorLog) this.logs.expectNoErrors();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}
