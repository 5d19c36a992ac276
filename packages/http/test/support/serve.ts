import { connect } from 'node:net';
import { Writable } from 'node:stream';
import { configured, createApp, Module, type App, type AppOptions, type Clock } from '@plinth/core';
import { HTTP_SERVER, HttpModule, type HttpOptions, type RouteDefinition } from '@plinth/http';

@Module({})
class TestModule {}

/** What a test serves. */
export interface Served {
  readonly routes?: readonly RouteDefinition[];
  readonly controllers?: readonly (new (...args: never[]) => object)[];
  readonly providers?: NonNullable<Parameters<typeof configured>[1]['providers']>;
  readonly imports?: NonNullable<Parameters<typeof configured>[1]['imports']>;
  readonly http?: HttpOptions;
  readonly env?: Record<string, string>;
  readonly open?: true;
  readonly clock?: Clock;
}

/** A line of the log. */
export interface LogLine {
  readonly level: string | number;
  readonly msg: string;
  readonly [field: string]: unknown;
}

export interface TestServer extends AsyncDisposable {
  readonly app: App;
  readonly logs: LogLine[];
  readonly port: number;
  readonly url: string;
}

/** Builds an application without opening a port. */
export async function build(served: Served): Promise<{ app: App; logs: LogLine[] } & AsyncDisposable> {
  const logs: LogLine[] = [];
  const logger = new Writable({
    write(chunk: Buffer, _encoding, done) {
      for (const line of chunk.toString().split('\n')) if (line !== '') logs.push(JSON.parse(line) as LogLine);
      done();
    },
  });
  const root = configured(TestModule, {
    imports: [HttpModule.with(served.http ?? {}), ...(served.imports ?? [])],
    routes: served.routes ?? [],
    controllers: served.controllers ?? [],
    providers: served.providers ?? [],
    ...(served.open === true && { open: true }),
  });
  const options: AppOptions = {
    env: { PORT: '0', LOG_FORMAT: 'json', HTTP_RATE_LIMITS: 'off', ...served.env },
    envFile: false,
    logger,
    ...(served.clock !== undefined && { clock: served.clock }),
  };
  const app = await createApp(root, options);
  return { app, logs, [Symbol.asyncDispose]: () => app.stop() };
}

/** Builds and starts an application on a free port of the loopback address. */
export async function serve(served: Served): Promise<TestServer> {
  const { app, logs } = await build(served);
  await app.start();
  const address = app.get(HTTP_SERVER).address();
  if (address === undefined) throw new Error('The server does not listen.');
  return { app, logs, port: address.port, url: address.url, [Symbol.asyncDispose]: () => app.stop() };
}

/** What a raw connection received. */
export interface RawAnswer {
  /** Everything that came. */
  readonly text: string;
  /** Statuses of all answers, interim ones included. */
  readonly statuses: readonly number[];
  /** Whether the server closed the connection. */
  readonly closed: boolean;
}

/** Sends bytes as they are, and reads until the connection closes or nothing comes for `quiet` milliseconds. */
export function sendRaw(port: number, bytes: string | Buffer, quiet = 250): Promise<RawAnswer> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let closed = false;
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    const finish = () => {
      clearTimeout(timer);
      socket.destroy();
      const text = Buffer.concat(chunks).toString('latin1');
      resolve({ text, statuses: [...text.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map((match) => Number(match[1])), closed });
    };
    let timer = setTimeout(finish, 3000);
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      clearTimeout(timer);
      timer = setTimeout(finish, quiet);
    });
    socket.on('error', () => (closed = true));
    socket.on('close', () => {
      closed = true;
      finish();
    });
  });
}

/** Waits until a condition holds; fails after two seconds. */
export async function until(condition: () => boolean): Promise<void> {
  const end = performance.now() + 2000;
  while (!condition()) {
    if (performance.now() > end) throw new Error('The condition did not come true within two seconds.');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
