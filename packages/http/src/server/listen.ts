import { chmodSync, lstatSync, unlinkSync } from 'node:fs';
import type { Server } from 'node:http';
import { connect, createServer, Server as NetServer, type AddressInfo } from 'node:net';
import { HTTP_ERRORS } from '../errors.js';
import { toAppErrorOf } from './listen-error.js';

/** Where to listen: on a port of several addresses, or on a Unix socket. */
export interface ListenTarget {
  readonly hosts: readonly string[];
  readonly port: number;
  /** Path of a Unix socket; instead of the port. */
  readonly path: string;
  /** Permissions of the socket. */
  readonly mode: number;
}

/** One place where a server listens. */
export interface Listening {
  readonly host: string;
  readonly port: number;
  readonly path?: string;
}

/** The open ports of a server. */
export interface Listeners {
  /** All that must be closed, the server itself among them. */
  readonly all: readonly NetServer[];
  readonly addresses: readonly Listening[];
}

/**
 * Opens every address, or none: where one is refused, those before it are closed. The addresses are those that were taken, which
 * differ from the wish for port 0; several addresses then share the port of the first. Rejects with `HTTP_PORT_IN_USE`, `HTTP_ADDRESS`, `HTTP_SOCKET`.
 */
export async function listen(server: Server, target: ListenTarget): Promise<Listeners> {
  if (target.path !== '') {
    await listenOnSocket(server, target.path, target.mode);
    return { all: [server], addresses: [{ host: 'localhost', port: 0, path: target.path }] };
  }
  const all: NetServer[] = [];
  const addresses: Listening[] = [];
  try {
    for (const host of target.hosts) {
      const listener = all.length === 0 ? server : feeder(server);
      addresses.push(await listenOn(listener, host, addresses[0]?.port ?? target.port));
      all.push(listener);
    }
  } catch (error) {
    await Promise.all(all.map(closeListener));
    throw error;
  }
  return { all, addresses };
}

/** Closes a port, without the connections that came through it; resolves when those have ended. */
export function closeListener(listener: NetServer): Promise<void> {
  // Not the method of http.Server, which would close connections whose answer is still on its way.
  return new Promise((resolve) => void NetServer.prototype.close.call(listener, () => resolve()));
}

/** A second port of the same server: Node's own opens one. */
function feeder(server: Server): NetServer {
  return createServer({ allowHalfOpen: true, noDelay: true }, (socket) => server.emit('connection', socket));
}

async function listenOn(listener: NetServer, host: string, port: number): Promise<Listening> {
  try {
    await open(listener, { host, port });
  } catch (error) {
    throw toAppErrorOf(error as NodeJS.ErrnoException, host, port);
  }
  const address = listener.address() as AddressInfo;
  return { host: address.address, port: address.port };
}

async function listenOnSocket(server: NetServer, path: string, mode: number): Promise<void> {
  try {
    await open(server, { path }).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRINUSE' || !(await isLeftOver(path))) throw error;
      unlinkSync(path);
      await open(server, { path });
    });
    chmodSync(path, mode);
  } catch (thrown) {
    const error = thrown as NodeJS.ErrnoException;
    const [reason, cure] = reasons[error.code ?? ''] ?? [error.message, 'Check SOCKET.'];
    throw HTTP_ERRORS.SOCKET({ path, reason, cure });
  }
}

// With its cure each.
const reasons: Readonly<Record<string, readonly [reason: string, cure: string]>> = {
  EADDRINUSE: [
    'another process listens there, or it is a file of another kind',
    'Stop that process or remove the file, or choose another path with SOCKET.',
  ],
  EACCES: ['this process may not write to its folder', 'Give this process the right to write there, or choose another path with SOCKET.'],
  ENOENT: ['its folder does not exist', 'Create the folder, or choose another path with SOCKET.'],
  EINVAL: ['the path is too long for a socket', 'Choose a path of at most 100 characters with SOCKET.'],
};

/** Whether a socket file has outlived its process: nobody answers there. */
function isLeftOver(path: string): Promise<boolean> {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSocket() !== true) return Promise.resolve(false);
  return new Promise((resolve) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve(false);
    });
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNREFUSED'));
  });
}

function open(listener: NetServer, target: { readonly host: string; readonly port: number } | { readonly path: string }): Promise<void> {
  return new Promise((resolve, reject) => {
    listener.once('error', reject);
    // Node asks for 511 waiting connections; what overflows tries again after a second or three.
    listener.listen({ ...target, backlog: 4096 }, () => {
      listener.off('error', reject);
      resolve();
    });
  });
}
