import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { toAppErrorOf } from './listen-error.js';

/** Opens the port; gives the address that was taken, which differs from the wish for port 0. */
export function listen(
  server: Server,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<{ host: string; port: number }> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) => reject(toAppErrorOf(error, host, port));
    server.once('error', fail);
    server.listen({ host, port }, () => {
      server.off('error', fail);
      const address = server.address() as AddressInfo;
      resolve({ host: address.address, port: address.port });
    });
  });
}
