import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import type { ArrivedMail } from '@plinth/mail/testing';

/** A mail that a local SMTP server took. */
export interface Received extends ArrivedMail {
  readonly email: Email;
  readonly raw: string;
}

/** A real SMTP server on a free port. */
export interface LocalSmtp {
  readonly port: number;
  readonly received: readonly Received[];
  close(): Promise<void>;
}

export async function startSmtp(options: SMTPServerOptions = {}): Promise<LocalSmtp> {
  const received: Received[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    logger: false,
    onData(stream, session, callback) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const raw = Buffer.concat(chunks);
        void (async () => {
          const email = await PostalMime.parse(raw);
          const recipients = session.envelope.rcptTo.map(({ address }) => address);
          received.push(toReceived(email, raw.toString('utf8'), recipients));
          callback();
        })();
      });
    },
    ...options,
  });
  // A client that hangs up in the middle is what some tests are about.
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  return {
    port: (server.server.address() as AddressInfo).port,
    received,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function toReceived(email: Email, raw: string, recipients: readonly string[]): Received {
  return {
    email,
    raw,
    id: (email.messageId ?? '').replace(/^<|>$/g, ''),
    from: email.from?.address ?? '',
    recipients,
    subject: email.subject ?? '',
    text: email.text ?? '',
    html: email.html,
    attachments: email.attachments.map(({ filename, content }) => ({
      filename: filename ?? '',
      content: new Uint8Array(content as ArrayBuffer),
    })),
    names: (address) => raw.includes(address),
  };
}

/** A server that says what the test wants, line by line: `reply` gets each line of the client. */
export async function startScript(
  reply: (line: string, socket: Socket) => string | undefined,
): Promise<{ port: number; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    socket.write('220 test ESMTP\r\n');
    let rest = '';
    socket.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk.toString('latin1')).split('\r\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const answer = reply(line, socket);
        if (answer !== undefined && !socket.destroyed) socket.write(`${answer}\r\n`);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
