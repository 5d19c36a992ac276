import { createApp, Module } from '@plinth/core';
import { MailModule } from '@plinth/mail';
import { expect, test, vi } from 'vitest';

// As if nobody had installed it.
vi.mock(import('../src/smtp/nodemailer.js'), async (original) => {
  const real = await original();
  const missing = Object.assign(new Error("Cannot find package 'nodemailer'"), { code: 'ERR_MODULE_NOT_FOUND' });
  return { ...real, loadNodemailer: () => real.loadNodemailer(() => Promise.reject(missing)) };
});

async function boot(MAIL_URL: string) {
  @Module({ imports: [MailModule.with({ from: 'shop@example.org' })] })
  class Root {}
  return createApp(Root, { env: { MAIL_URL }, envFile: false }).then(
    async (app) => void (await app.stop()),
    (error: Error) => error.message,
  );
}

test('SMTP without nodemailer stops the boot, and not the first mail', async () => {
  expect(await boot('smtp://mail.example.org')).toContain('MAIL_DRIVER_MISSING');
});

test('who sends no mail by SMTP need not install it', async () => {
  expect(await boot('log:')).toBeUndefined();
});
