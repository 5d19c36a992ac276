import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type App, createApp, Module } from '@plinth/core';
import { html } from '@plinth/http';
import { MAILER, type Mail, MailModule, type SmtpOptions } from '@plinth/mail';
import { afterEach, describe, expect, test } from 'vitest';
import { startScript, startSmtp } from './support.js';

const mail = (parts: Partial<Mail> = {}): Mail => ({ to: 'ann@example.org', subject: 'Hello', text: 'Hello.', ...parts });
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function mailerOf(url: string, smtp: SmtpOptions = {}) {
  @Module({ imports: [MailModule.with({ url, from: { name: 'The, Shop', address: 'shop@example.org' }, smtp })] })
  class AppModule {}
  const app: App = await createApp(AppModule, { env: { LOG_LEVEL: 'fatal' }, envFile: false });
  closing.push(() => app.stop());
  return app.get(MAILER);
}
async function serverOf(...options: Parameters<typeof startSmtp>) {
  const server = await startSmtp(...options);
  closing.push(() => server.close());
  return server;
}
async function scriptOf(...reply: Parameters<typeof startScript>) {
  const server = await startScript(...reply);
  closing.push(() => server.close());
  return server;
}

test('a mail arrives whole: names, markup, headers, an id of the sender’s domain, nothing of this machine', async () => {
  const server = await serverOf();
  const mailer = await mailerOf(`smtp://127.0.0.1:${server.port}`, { name: 'plinth.test' });
  const sent = await mailer.send(
    mail({
      to: { name: 'Änn "x" <y>, Ö', address: 'ann@example.org' },
      replyTo: 'help@example.org',
      subject: 'Grüße',
      html: html`<p>${'<script>'}</p>`,
      headers: { 'List-Unsubscribe': '<https://example.org/u>' },
    }),
  );
  const [received] = server.received;
  expect(received?.id).toBe(sent.id);
  expect(received?.email.from).toEqual({ name: 'The, Shop', address: 'shop@example.org' });
  expect(received?.email.to).toEqual([{ name: 'Änn "x" <y>, Ö', address: 'ann@example.org' }]);
  expect(received?.email.replyTo).toEqual([{ name: '', address: 'help@example.org' }]);
  expect(received?.email.html?.trim()).toBe('<p>&#60;script&#62;</p>');
  expect(received?.raw).toContain('List-Unsubscribe: <https://example.org/u>');
  expect(received?.raw).not.toMatch(/x-mailer|nodemailer/i);
});

test('lines of dots, long lines and bare line breaks do not end the message early', async () => {
  const server = await serverOf();
  const mailer = await mailerOf(`smtp://127.0.0.1:${server.port}`);
  const text = `.\n..\n\r\n.\r\nMAIL FROM:<eve@example.org>\r\n${'x'.repeat(5_000)}\n\r.\r\nend`;
  await mailer.send(mail({ text }));
  expect(server.received).toHaveLength(1);
  expect(server.received[0]?.text.replaceAll(/\r\n?/g, '\n').trimEnd()).toBe(text.replaceAll(/\r\n?/g, '\n'));
});

test('some recipients refused: the others get it, and the answer says which', async () => {
  const server = await serverOf({
    onRcptTo: ({ address }, _session, callback) =>
      address.startsWith('gone') ? callback(Object.assign(new Error('5.1.1 no such user'), { responseCode: 550 })) : callback(),
  });
  const mailer = await mailerOf(`smtp://127.0.0.1:${server.port}`);
  expect(await mailer.send(mail({ to: ['ann@example.org', 'gone@example.org'] }))).toMatchObject({
    accepted: ['ann@example.org'],
    rejected: ['gone@example.org'],
  });
  const error: unknown = await mailer.send(mail({ to: 'gone@example.org' })).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'MAIL_REFUSED', kind: 'invalid' });
  expect((error as Error).message).toContain('550 5.1.1');
  expect((error as Error).message).not.toContain('gone@');
  expect(server.received).toHaveLength(1);
});

test('"try again later" is tried again, with the same id, and then told as unavailable', async () => {
  let times = 0;
  const server = await serverOf({
    onMailFrom: (_address, _session, callback) =>
      ++times < 3 ? callback(Object.assign(new Error('4.3.2 busy'), { responseCode: 451 })) : callback(),
  });
  const mailer = await mailerOf(`smtp://127.0.0.1:${server.port}`);
  await mailer.send(mail());
  expect(times).toBe(3);
  expect(server.received).toHaveLength(1);
  times = Number.NEGATIVE_INFINITY;
  await expect(mailer.send(mail())).rejects.toMatchObject({ code: 'MAIL_UNAVAILABLE', kind: 'unavailable' });
  expect(server.received).toHaveLength(1);
});

test('nobody listens: unavailable; the server comes back: mails go on', async () => {
  const first = await startSmtp();
  const mailer = await mailerOf(`smtp://127.0.0.1:${first.port}`, { attempts: 1 });
  await first.close();
  const error: unknown = await mailer.send(mail()).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'MAIL_UNAVAILABLE' });
  expect((error as Error).message).toContain(`127.0.0.1:${first.port}`);
});

test('a connection that ends after the whole message, before the answer: the outcome is unknown, and it is not sent again', async () => {
  let messages = 0;
  let inData = false;
  const server = await scriptOf((line, socket) => {
    if (inData) {
      if (line !== '.') return undefined;
      inData = false;
      messages++;
      socket.destroy();
      return undefined;
    }
    if (/^EHLO/i.test(line)) return '250 test';
    if (line === 'DATA') {
      inData = true;
      return '354 go on';
    }
    return '250 ok';
  });
  const mailer = await mailerOf(`smtp://127.0.0.1:${server.port}`);
  await expect(mailer.send(mail())).rejects.toMatchObject({ code: 'MAIL_OUTCOME_UNKNOWN', kind: 'unavailable' });
  expect(messages).toBe(1);
});

test('a connection that ends before the message is tried again: it cannot have been sent', async () => {
  let connections = 0;
  const server = await scriptOf((line, socket) => {
    if (/^EHLO/i.test(line)) return '250 test';
    if (/^MAIL/i.test(line)) {
      connections++;
      socket.destroy();
    }
    return undefined;
  });
  const mailer = await mailerOf(`smtp://127.0.0.1:${server.port}`);
  await expect(mailer.send(mail())).rejects.toMatchObject({ code: 'MAIL_UNAVAILABLE' });
  expect(connections).toBe(3);
});

test('a server that falls silent does not hold a mail for ever', async () => {
  const server = await scriptOf((line) => (/^EHLO/i.test(line) ? '250 test' : undefined));
  const mailer = await mailerOf(`smtp://127.0.0.1:${server.port}`, { answerTimeout: 300, attempts: 1 });
  await expect(mailer.send(mail())).rejects.toMatchObject({ code: 'MAIL_UNAVAILABLE' });
});

describe('TLS and passwords', () => {
  test('a wrong password is told at once, without it', async () => {
    const server = await serverOf({ authOptional: false, onAuth: (_auth, _session, callback) => callback(new Error('5.7.8 no')) });
    const mailer = await mailerOf(`smtp://ann:topsecret@127.0.0.1:${server.port}`);
    const error: unknown = await mailer.send(mail()).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'MAIL_UNAVAILABLE' });
    expect((error as Error).message).toContain('user or password is refused');
    expect(JSON.stringify(error)).not.toContain('topsecret');
  });

  test('the right one is used', async () => {
    const users: string[] = [];
    const server = await serverOf({
      authOptional: false,
      onAuth: ({ username, password }, _session, callback) => {
        users.push(`${username} ${password}`);
        callback(null, { user: username });
      },
    });
    await (await mailerOf(`smtp://ann%40x:p%3Ass@127.0.0.1:${server.port}`)).send(mail());
    expect(users).toEqual(['ann@x p:ss']);
  });

  test('a certificate that nobody vouches for is refused', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'plinth-mail-'));
    closing.push(() => rmSync(folder, { recursive: true }));
    execFileSync(
      'openssl',
      ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1'].concat([
        '-keyout',
        join(folder, 'key.pem'),
        '-out',
        join(folder, 'cert.pem'),
        '-subj',
        '/CN=localhost',
      ]),
      { stdio: 'ignore' },
    );
    const pem = { key: readFileSync(join(folder, 'key.pem')), cert: readFileSync(join(folder, 'cert.pem')) };
    const server = await serverOf({ secure: true, disabledCommands: [], ...pem });
    const mailer = await mailerOf(`smtps://127.0.0.1:${server.port}`, { attempts: 1 });
    await expect(mailer.send(mail())).rejects.toMatchObject({ code: 'MAIL_UNAVAILABLE' });
    expect(server.received).toHaveLength(0);
  });
});

test('mails on their way are finished when the application stops', async () => {
  const server = await serverOf({
    onMailFrom: (_address, _session, callback) => void setTimeout(callback, 200),
  });
  @Module({ imports: [MailModule.with({ url: `smtp://127.0.0.1:${server.port}`, from: 'shop@example.org' })] })
  class AppModule {}
  const app = await createApp(AppModule, { env: { LOG_LEVEL: 'fatal' }, envFile: false });
  const sending = Array.from({ length: 8 }, () => app.get(MAILER).send(mail()));
  await app.stop();
  await Promise.all(sending);
  expect(server.received).toHaveLength(8);
});
