import { createApp, Module } from '@plinth/core';
import { MAIL_TRANSPORT, MailModule, MemoryMailTransport, type MailTransport } from '@plinth/mail';
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
