import assert from 'node:assert/strict';
import { isAppError } from '@plinth/core';
import type { CheckedMail } from '../message/check-mail.js';
import type { MailTransport } from '../transport/mail-transport.js';

/** The two functions of your test runner: those of vitest, node:test, jest and mocha fit. */
export interface TestRunner {
  describe(name: string, body: () => void): unknown;
  test(name: string, body: () => Promise<void>): unknown;
}

/** A mail as it arrived at the other end. */
export interface ArrivedMail {
  readonly id: string;
  readonly from: string;
  /** Everybody it was delivered to, hidden ones too. */
  readonly recipients: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html?: string | undefined;
  readonly attachments: readonly { readonly filename: string; readonly content: Uint8Array }[];
  /** Whether the mail itself, as its readers get it, names this address. */
  names(address: string): boolean;
}

/** A transport, and how to see what arrived through it. */
export interface MadeMailTransport {
  readonly transport: MailTransport;
  arrived(): Promise<readonly ArrivedMail[]> | readonly ArrivedMail[];
  close?(): unknown;
}

/**
 * The contract of `MailTransport` as a test suite.
 *
 * @example
 * describeMailTransport('ours', async () => ({ transport, arrived: () => inbox }), { describe, test });
 */
export function describeMailTransport(name: string, make: () => Promise<MadeMailTransport>, { describe, test }: TestRunner): void {
  const check = (sentence: string, body: (made: MadeMailTransport) => Promise<void>): unknown =>
    test(sentence, async () => {
      const made = await make();
      try {
        await body(made);
      } finally {
        await made.transport.close?.();
        await made.close?.();
      }
    });

  describe(`MailTransport: ${name}`, () => {
    check('delivers what was given, in any script', async ({ transport, arrived }) => {
      const sent = await transport.send(
        checkedMail({
          subject: 'Grüße 👋 aus der Küche, und ein langer Betreff, der umbrochen wird: 日本語',
          text: 'Zeile 1\r\n.\r\nŽlutý kůň 🐴\n',
        }),
      );
      const [mail, ...others] = await arrived();
      assert.equal(others.length, 0);
      assert.equal(mail?.id, sent.id);
      assert.equal(mail?.subject, 'Grüße 👋 aus der Küche, und ein langer Betreff, der umbrochen wird: 日本語');
      assert.equal(mail?.text.replaceAll('\r\n', '\n').trimEnd(), 'Zeile 1\n.\nŽlutý kůň 🐴');
      assert.equal(mail?.from, 'shop@example.org');
    });

    check('delivers to everybody, and tells nobody of the hidden ones', async ({ transport, arrived }) => {
      const to = (address: string) => ({ name: '', address });
      const sent = await transport.send(
        checkedMail({ to: [to('a@example.org'), to('b@example.org')], cc: [to('c@example.org')], bcc: [to('d@example.org')] }),
      );
      const everybody = ['a@example.org', 'b@example.org', 'c@example.org', 'd@example.org'];
      assert.deepEqual([...sent.accepted].sort(), everybody);
      const [mail] = await arrived();
      assert.deepEqual([...(mail?.recipients ?? [])].sort(), everybody);
      assert.equal(mail?.names('c@example.org'), true);
      assert.equal(mail?.names('d@example.org'), false);
    });

    check('delivers markup and attachments unchanged', async ({ transport, arrived }) => {
      const content = Uint8Array.from({ length: 3_000 }, (_, index) => index % 256);
      await transport.send(
        checkedMail({
          html: '<p>Grüße</p>',
          attachments: [{ filename: 'Übersicht.bin', content, contentType: 'application/octet-stream' }],
        }),
      );
      const [mail] = await arrived();
      assert.equal(mail?.html?.trim(), '<p>Grüße</p>');
      assert.equal(mail?.attachments[0]?.filename, 'Übersicht.bin');
      assert.deepEqual(Buffer.from(mail?.attachments[0]?.content ?? []), Buffer.from(content));
    });

    check('gives each mail an id of its own', async ({ transport }) => {
      const ids = await Promise.all(Array.from({ length: 20 }, async () => (await transport.send(checkedMail({}))).id));
      assert.equal(new Set(ids).size, 20);
    });

    check('fails with a MAIL_ error once it is closed, or still delivers', async ({ transport, arrived }) => {
      await transport.close?.();
      try {
        await transport.send(checkedMail({}));
      } catch (error) {
        assert.ok(isAppError(error) && error.code.startsWith('MAIL_'), String(error));
        return;
      }
      assert.equal((await arrived()).length, 1);
    });
  });
}

function checkedMail(parts: Partial<CheckedMail>): CheckedMail {
  return {
    from: { name: 'The Shop', address: 'shop@example.org' },
    to: [{ name: 'Ann', address: 'ann@example.org' }],
    cc: [],
    bcc: [],
    subject: 'Hello',
    text: 'Hello, Ann.',
    headers: {},
    attachments: [],
    ...parts,
  };
}
