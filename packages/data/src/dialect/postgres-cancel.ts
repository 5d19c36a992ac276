import { connect } from 'node:net';

/** Where to send a CancelRequest, and for which session. */
export interface CancelTarget {
  readonly host: string;
  readonly port: number;
  readonly processId: number;
  readonly secretKey: number;
}

/**
 * Asks the server to end what a session runs now: a CancelRequest on a socket of its own (PostgreSQL documentation, "Canceling Requests
 * in Progress"). Resolves when the server has closed that socket, by which time the signal has been sent, or after `limit` ms.
 */
export function sendCancelRequest({ host, port, processId, secretKey }: CancelTarget, limit: number): Promise<void> {
  return new Promise((resolve) => {
    const socket = host.startsWith('/') ? connect(`${host}/.s.PGSQL.${port}`) : connect({ host, port, noDelay: true });
    const timer = setTimeout(() => socket.destroy(), limit);
    socket.once('connect', () => {
      const message = Buffer.allocUnsafe(16);
      message.writeInt32BE(16, 0);
      message.writeInt32BE(80_877_102, 4);
      message.writeInt32BE(processId, 8);
      message.writeInt32BE(secretKey, 12);
      socket.write(message);
    });
    socket.resume();
    // Closing follows an error, too; a cancellation that was lost shows by the statement going on.
    socket.on('error', () => undefined);
    socket.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
