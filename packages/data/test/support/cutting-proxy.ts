import { connect, createServer, type Server, type Socket } from 'node:net';

/** A way to a server that can be cut in every manner in which networks fail. */
export interface CuttingProxy {
  /** The server's URL, through the proxy. */
  readonly url: string;
  /** Ends every connection with RST, on both sides. */
  reset(): void;
  /** Closes the server's side of every connection; the client is not told. */
  halfOpen(): void;
  /** Passes nothing on: `both` ways, or drops the server's `answers` only. New connections are accepted, and get the same. */
  blackHole(ways: 'both' | 'answers'): void;
  /** Passes everything on again. What was held back goes on; connections whose answers were dropped are ended with RST. */
  heal(): void;
  /** Refuses new connections and ends those there are, until `listen()`. */
  refuse(): Promise<void>;
  listen(): Promise<void>;
  /** From now on sees what is sent to the server; `drop` keeps it from getting there and resets the connection, `deafen` loses the answer to it. */
  intercept(decide: (data: Buffer) => 'drop' | 'deafen' | undefined): void;
  close(): Promise<void>;
}

interface Pair {
  readonly near: Socket;
  readonly far: Socket;
  deaf: boolean;
}

/** Starts a proxy on a free port in front of the server of `target`. */
export async function startCuttingProxy(target: string): Promise<CuttingProxy> {
  const { hostname, port: targetPort } = new URL(target);
  const pairs = new Set<Pair>();
  let hole: 'both' | 'answers' | undefined;
  let decide: (data: Buffer) => 'drop' | 'deafen' | undefined = () => undefined;
  const accept = (near: Socket): void => {
    const far = connect(Number(targetPort), hostname);
    const pair: Pair = { near, far, deaf: hole === 'answers' };
    pairs.add(pair);
    near.setNoDelay(true);
    far.setNoDelay(true);
    near.on('data', (data) => {
      const decision = decide(data);
      if (decision === 'drop') return cut(pair);
      if (decision === 'deafen') pair.deaf = true;
      far.write(data);
    });
    far.on('data', (data) => {
      if (!pair.deaf) return void near.write(data);
      // The answer has left the server, so what was asked has been done.
      if (hole !== 'answers') cut(pair);
    });
    near.on('error', () => undefined).on('close', () => (pairs.delete(pair), far.destroy()));
    far
      .on('error', () => undefined)
      .on('close', () => {
        if (!pair.near.destroyed && !halfOpened.has(pair)) near.resetAndDestroy();
      });
    if (hole === 'both') hold(pair);
  };
  const halfOpened = new WeakSet<Pair>();
  const cut = ({ near, far }: Pair): void => {
    near.resetAndDestroy();
    far.resetAndDestroy();
  };
  const hold = ({ near, far }: Pair): void => (near.pause(), void far.pause());
  const reset = (): void => pairs.forEach(cut);
  let server: Server;
  let port = 0;
  const listen = (): Promise<void> =>
    new Promise((resolve, reject) => {
      server = createServer(accept);
      server.once('error', reject).listen(port, '127.0.0.1', () => {
        port = (server.address() as { port: number }).port;
        resolve();
      });
    });
  const refuse = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      reset();
    });
  await listen();
  const url = new URL(target);
  url.port = String(port);
  return {
    url: url.href,
    reset,
    halfOpen() {
      for (const pair of pairs) {
        halfOpened.add(pair);
        pair.far.destroy();
      }
    },
    blackHole(ways) {
      hole = ways;
      for (const pair of pairs) {
        if (ways === 'both') hold(pair);
        else pair.deaf = true;
      }
    },
    heal() {
      hole = undefined;
      for (const pair of pairs) {
        if (pair.deaf) {
          cut(pair);
          continue;
        }
        pair.near.resume();
        pair.far.resume();
      }
    },
    refuse,
    listen,
    intercept: (decision) => void (decide = decision),
    close: refuse,
  };
}
