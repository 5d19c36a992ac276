import { type App, type BootError, createApp, Module, provideValue } from '@plinth/core';
import { html } from '@plinth/http';
import { MAIL_TRANSPORT, MAILER, type Mail, MailModule, type MailModuleOptions, MemoryMailTransport, trustedHtml } from '@plinth/mail';
import { testApp } from '@plinth/testing';
import { afterEach, describe, expect, test, vi } from 'vitest';

const welcome = ({ name, link }: { name: string; link: string }) => ({
  subject: `Welcome, ${name}`,
  text: `Hello ${name}, confirm your address: ${link}.`,
  html: html`<p title="${name}">Hello ${name}, <a href="${link}">confirm your address</a></p>`,
});
const mail = (parts: Partial<Mail> = {}): Mail => ({ to: 'ann@example.org', subject: 'Hello', text: 'Hello.', ...parts });
const moduleOf = (options: MailModuleOptions = {}) => {
  @Module({ imports: [MailModule.with(options)] })
  class AppModule {}
  return AppModule;
};
const env = (more: Readonly<Record<string, string>> = {}) => ({ env: { LOG_LEVEL: 'fatal', ...more }, envFile: false as const });

let app: App | undefined;
afterEach(async () => {
  await app?.stop();
  app = undefined;
});
async function memory(options: MailModuleOptions = {}) {
  app = await createApp(moduleOf({ url: 'memory:', from: { name: 'Shop', address: 'shop@example.org' }, ...options }), env());
  return { mailer: app.get(MAILER), box: app.get(MAIL_TRANSPORT) as MemoryMailTransport };
}

test('a template function makes a mail whose markup is escaped, and its link can be followed in a test', async () => {
  const { mailer, box } = await memory();
  const link = 'https://example.org/confirm?token=a&b=c';
  const sent = await mailer.send({ to: 'ann@example.org', ...welcome({ name: '<b>"Ann"', link }) });
  expect(sent).toMatchObject({ accepted: ['ann@example.org'], rejected: [] });
  expect(sent.id).toMatch(/^[\w-]{24}@example\.org$/);
  expect(box.last('ann@example.org')?.html).toBe(
    '<p title="&#60;b&#62;&#34;Ann&#34;">Hello &#60;b&#62;&#34;Ann&#34;, <a href="https://example.org/confirm?token=a&#38;b=c">confirm your address</a></p>',
  );
  expect(box.linkTo('ann@example.org')?.href).toBe(link);
  box.clear();
  expect(box.last()).toBeUndefined();
});

describe('nothing that users write can add a header [ASVS 1.3.11]', () => {
  const evil = ['\r\nBcc: eve@example.org', '\nBcc: eve@example.org', '\rBcc: x', '\0', '\u2028', '\u0085', '\u202e', '\ud800'];
  test.each(evil.map((text) => [JSON.stringify(text), text]))('%s', async (_shown, text) => {
    const { mailer, box } = await memory();
    const header = { code: 'MAIL_HEADER' };
    await expect(mailer.send(mail({ subject: `Hello${text}` }))).rejects.toMatchObject(header);
    await expect(mailer.send(mail({ from: { name: `Ann${text}`, address: 'a@example.org' } }))).rejects.toMatchObject(header);
    await expect(mailer.send(mail({ to: { name: `Ann${text}`, address: 'a@example.org' } }))).rejects.toMatchObject(header);
    await expect(mailer.send(mail({ headers: { 'X-Order': `7${text}` } }))).rejects.toMatchObject(header);
    await expect(mailer.send(mail({ headers: { [`X-A${text}`]: '7' } }))).rejects.toMatchObject(header);
    for (const field of ['to', 'cc', 'bcc', 'replyTo', 'from'] as const) {
      await expect(mailer.send(mail({ [field]: `ann${text}@example.org` }))).rejects.toMatchObject({ code: 'MAIL_ADDRESS' });
      await expect(mailer.send(mail({ [field]: `ann@example.org${text}` }))).rejects.toMatchObject({ code: 'MAIL_ADDRESS' });
    }
    const attachment = { filename: `a${text}.txt`, content: 'x' };
    await expect(mailer.send(mail({ attachments: [attachment] }))).rejects.toMatchObject({ code: 'MAIL_ATTACHMENT' });
    await expect(
      mailer.send(mail({ attachments: [{ filename: 'a', content: 'x', contentType: `text/plain${text}` }] })),
    ).rejects.toMatchObject({
      code: 'MAIL_ATTACHMENT',
    });
    expect(box.sent).toEqual([]);
  });
});

describe('addresses', () => {
  const refused = [
    '',
    'ann',
    '@example.org',
    'ann@',
    'ann@@example.org',
    'a b@example.org',
    'ann@example..org',
    'ann@-example.org',
    'ann@exa mple.org',
    '.ann@example.org',
    'ann.@example.org',
    'a..b@example.org',
    '"ann"@example.org',
    'Ann <ann@example.org>',
    'ann@example.org, eve@example.org',
    'ann@example.org>',
    'ann@[127.0.0.1]',
    'ann(comment)@example.org',
    `${'a'.repeat(65)}@example.org`,
    `ann@${'a'.repeat(64)}.org`,
    `ann@${'abcdefghi.'.repeat(26)}org`,
  ];
  test.each(refused.map((address) => [address.slice(0, 40), address]))('%j is refused', async (_shown, address) => {
    const { mailer, box } = await memory();
    const error: unknown = await mailer.send(mail({ to: address })).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'MAIL_ADDRESS', kind: 'invalid' });
    if (address.length > 3) expect((error as Error).message).not.toContain(address);
    expect(box.sent).toEqual([]);
  });

  test('ordinary and foreign ones are taken, domains in their ASCII form', async () => {
    const { mailer, box } = await memory();
    for (const [given, stored] of [
      ["o'hara+news@Example.org", "o'hara+news@example.org"],
      ['用户@例え.jp', '用户@xn--r8jz45g.jp'],
      ['a@b', 'a@b'],
    ] as const) {
      await mailer.send(mail({ to: given }));
      expect(box.sent.at(-1)?.to).toEqual([{ name: '', address: stored }]);
    }
  });

  test('what is no address at all is refused, in lists with its place', async () => {
    const { mailer } = await memory();
    for (const to of [7, null, {}, { address: 'a@b.org' }, [['a@b.org']]]) {
      await expect(mailer.send(mail({ to: to as never }))).rejects.toMatchObject({ code: 'MAIL_ADDRESS' });
    }
    await expect(mailer.send(mail({ to: ['a@b.org', 'nobody'] }))).rejects.toThrow('to[1]');
    await expect(mailer.send(mail({ to: [] }))).rejects.toMatchObject({ code: 'MAIL_MESSAGE' });
  });
});

describe('messages that are refused before anything is sent', () => {
  const cases: readonly [string, Partial<Record<keyof Mail, unknown>>, string][] = [
    ['no subject', { subject: ' ' }, 'MAIL_MESSAGE'],
    ['a subject that is too long', { subject: 'x'.repeat(501) }, 'MAIL_HEADER'],
    ['no text', { text: '' }, 'MAIL_MESSAGE'],
    ['markup as a plain text', { html: '<p>Hello</p>' }, 'MAIL_MESSAGE'],
    ['text with U+0000', { text: 'a\0b' }, 'MAIL_MESSAGE'],
    ['half of a surrogate pair', { html: trustedHtml('\udc00') }, 'MAIL_MESSAGE'],
    ['too many recipients', { to: Array.from({ length: 101 }, (_, index) => `a${index}@example.org`) }, 'MAIL_MESSAGE'],
    ['a header of its own', { headers: { Bcc: 'eve@example.org' } }, 'MAIL_HEADER'],
    ['a content header', { headers: { 'content-type': 'text/html' } }, 'MAIL_HEADER'],
    ['a header given twice', { headers: { 'X-A': '1', 'x-a': '2' } }, 'MAIL_HEADER'],
    ['a header that is no text', { headers: { 'X-A': 1 } }, 'MAIL_HEADER'],
    ['a very long header', { headers: { 'X-A': 'x'.repeat(901) } }, 'MAIL_HEADER'],
    ['too large', { text: 'x'.repeat(10_485_761) }, 'MAIL_TOO_LARGE'],
    ['an attachment by path', { attachments: [{ filename: 'passwd', path: '/etc/passwd' }] }, 'MAIL_ATTACHMENT'],
    ['attachments that are no list', { attachments: {} }, 'MAIL_ATTACHMENT'],
    ['an attachment without a name', { attachments: [{ filename: '../', content: '' }] }, 'MAIL_ATTACHMENT'],
    ['a content id with a bracket', { attachments: [{ filename: 'a', content: '', contentId: '<a>' }] }, 'MAIL_ATTACHMENT'],
    ['26 attachments', { attachments: Array.from({ length: 26 }, () => ({ filename: 'a', content: '' })) }, 'MAIL_ATTACHMENT'],
  ];
  test.each(cases)('%s', async (_name, parts, code) => {
    const { mailer, box } = await memory();
    await expect(mailer.send(mail(parts as Partial<Mail>))).rejects.toMatchObject({ code });
    expect(box.sent).toEqual([]);
  });

  test('no sender', async () => {
    app = await createApp(moduleOf({ url: 'memory:' }), env());
    await expect(app.get(MAILER).send(mail())).rejects.toMatchObject({ code: 'MAIL_MESSAGE' });
    expect(await app.get(MAILER).send(mail({ from: 'shop@example.org' }))).toMatchObject({ accepted: ['ann@example.org'] });
  });

  test('the folders of an attachment’s name are cut off', async () => {
    const { mailer, box } = await memory();
    await mailer.send(mail({ attachments: [{ filename: '..\\..\\etc/pass wd.txt', content: 'x' }] }));
    expect(box.last()?.attachments[0]?.filename).toBe('pass wd.txt');
  });
});

describe('the module', () => {
  const problemsOf = async (options: MailModuleOptions, variables: Readonly<Record<string, string>>) =>
    ((await createApp(moduleOf(options), env(variables)).catch((error: unknown) => error)) as BootError).problems;

  test.each([
    ['mailto:ann:topsecret@host', 'MAIL_URL'],
    ['smtp://', 'MAIL_URL'],
    ['smtp://ann@host', 'MAIL_URL'],
    ['smtp://ann:topsecret@host/path', 'MAIL_URL'],
    ['smtp://ann:topsecret@host?tls=off', 'MAIL_URL'],
    ['smtps://ann:topsecret@host?tls=off', 'MAIL_URL'],
    ['smtp://ann:topsecret@host?pool=true', 'MAIL_URL'],
    ['smtp://ann:topsecret%zz@host', 'MAIL_URL'],
    ['nonsense', 'MAIL_URL'],
  ])('%s stops the boot, without its password', async (MAIL_URL, code) => {
    const problems = await problemsOf({}, { MAIL_URL });
    expect(problems).toMatchObject([{ code }]);
    expect(JSON.stringify(problems)).not.toContain('topsecret');
  });

  test('a sender that is no address stops the boot', async () => {
    expect(await problemsOf({ url: 'memory:' }, { MAIL_FROM: 'Shop <shop@example.org>' })).toMatchObject([{ code: 'MAIL_ADDRESS' }]);
  });

  test('production refuses to write mails to the log or into memory', async () => {
    for (const MAIL_URL of ['', 'log:', 'memory:']) {
      expect(await problemsOf({ from: 'shop@example.org' }, { NODE_ENV: 'production', MAIL_URL })).toMatchObject([
        { code: 'MAIL_TRANSPORT_IN_PRODUCTION' },
      ]);
    }
    app = await createApp(moduleOf({ url: 'smtp://mail.example.org' }), env({ NODE_ENV: 'production' }));
  });

  test('in development the terminal shows the mail with its link, and the log nothing of it', async () => {
    const shown: string[] = [];
    const write = vi.spyOn(process.stderr, 'write').mockImplementation((text) => shown.push(String(text)) > 0);
    try {
      await using started = await testApp(moduleOf({ from: 'shop@example.org' })).start();
      await started
        .get(MAILER)
        .send({ to: 'ann@example.org', ...welcome({ name: 'Ann\u001b[2J', link: 'https://example.org/confirm?token=abc' }) })
        .catch(() => undefined);
      await started.get(MAILER).send({ to: 'ann@example.org', ...welcome({ name: 'Ann', link: 'https://example.org/confirm?token=abc' }) });
      await started.get(MAILER).send(mail({ text: 'a\u001b[2Jb' }));
      expect(started.logs.filter({ msg: 'A mail was not sent, but shown here' })).toHaveLength(2);
      expect(JSON.stringify(started.logs.lines)).not.toContain('confirm');
    } finally {
      write.mockRestore();
    }
    expect(shown.join('')).toContain('  │ Hello Ann, confirm your address: https://example.org/confirm?token=abc.\n');
    expect(shown.join('')).not.toContain('\u001b');
  });

  test('an author’s transport takes the place of ours, also in production', async () => {
    const box = new MemoryMailTransport();
    app = await createApp(moduleOf({ from: 'a@b.org', transport: provideValue(MAIL_TRANSPORT, box) }), env({ NODE_ENV: 'production' }));
    await app.get(MAILER).send(mail());
    expect(box.sent).toHaveLength(1);
    const mailer = app.get(MAILER);
    await app.stop();
    app = undefined;
    await expect(mailer.send(mail())).rejects.toMatchObject({ code: 'MAIL_CLOSED' });
  });
});
