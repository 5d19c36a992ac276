import { expect, test } from 'vitest';
import { loadNodemailer } from './nodemailer.js';

test('without nodemailer the error names the command that installs it', async () => {
  const missing = 'a-library-that-nobody-published';
  await expect(loadNodemailer(() => import(missing))).rejects.toMatchObject({
    code: 'MAIL_DRIVER_MISSING',
    help: expect.stringContaining('npm install nodemailer') as string,
  });
  const broken = new TypeError('broken build');
  await expect(loadNodemailer(() => Promise.reject(broken))).rejects.toBe(broken);
});
