import { createApp, Module } from '@plinth/core';
import { linkIn, MAIL_TRANSPORT, MAILER, MailModule, MemoryMailTransport, type MailTransport } from '@plinth/mail';
import { describeMailTransport } from '@plinth/mail/testing';
import { describe, test } from 'vitest';
import { startSmtp } from './support.js';

describeMailTransport(
  'memory',
  async () => {
    const transport = new MemoryMailTransport();
    return {
      transport,
      arrived: () =>
        transport.sent.map((mail) => ({
          ...mail,
          from: mail.from.address,
          recipients: [...mail.to, ...mail.cc, ...mail.bcc].map(({ address }) => address),
          names: (address) => [...mail.to, ...mail.cc].some((each) => each.address === address),
        })),
    };
  },
  { describe, test },
);

describeMailTransport(
  'SMTP',
  async () => {
    const server = await startSmtp();
    const app = await createApp(smtpModule(server.port), { env: { LOG_LEVEL: 'fatal' }, envFile: false });
    return {
      transport: app.get<MailTransport>(MAIL_TRANSPORT),
      arrived: () => server.received,
      close: async () => {
        await app.stop();
        await server.close();
      },
    };
  },
  { describe, test },
);

function smtpModule(port: number) {
  @Module({ imports: [MailModule.with({ url: `smtp://127.0.0.1:${port}`, from: 'shop@example.org' })] })
  class TestModule {}
  return TestModule;
}

describe('the memory transport', () => {
  const mail = (to: string, text: string) => ({ to, subject: 'Hello', text, from: 'shop@example.org' });

  test('next gives the mails of an address one after the other, also those still to come', async ({ expect }) => {
    @Module({ imports: [MailModule.with({ url: 'memory:' })] })
    class Root {}
    const app = await createApp(Root, { env: { LOG_LEVEL: 'fatal' }, envFile: false });
    const box = app.get(MAIL_TRANSPORT) as MemoryMailTransport;
    const mailer = app.get(MAILER);
    const waiting = [box.next('ann@example.org'), box.next('ann@example.org')];
    await mailer.send(mail('bob@example.org', 'not hers'));
    await mailer.send(mail('ann@example.org', 'first: https://example.org/#token=a.'));
    await mailer.send(mail('ann@example.org', 'second'));
    await mailer.send(mail('ann@example.org', 'third'));
    expect((await Promise.all(waiting)).map(({ text }) => text)).toEqual(['first: https://example.org/#token=a.', 'second']);
    expect(linkIn(await waiting[0])?.hash).toBe('#token=a');
    expect((await box.next('ann@example.org')).text).toBe('third');
    expect(linkIn(undefined)).toBeUndefined();
    await expect(box.next('ann@example.org', { timeout: 20 })).rejects.toMatchObject({ code: 'MAIL_NONE' });
    // A waiter that has gone takes no mail away.
    await mailer.send(mail('ann@example.org', 'fourth'));
    expect((await box.next('ann@example.org')).text).toBe('fourth');
    await app.stop();
  });
});
