import type { Logger } from '@plinth/core';
import type { SentMail } from '../mailer.js';
import type { CheckedMail } from '../message/check-mail.js';
import type { MailTransport } from './mail-transport.js';
import { newMessageId, recipientsOf } from './message-id.js';

/**
 * Shows mails in the terminal instead of sending them: for development. The log gets a line without what the mail says; the text goes
 * to standard error beside it, as the log would hide the tokens of the links that are looked for here.
 */
export class LogMailTransport implements MailTransport {
  constructor(private readonly logger: Pick<Logger, 'info'>) {}

  async send(mail: CheckedMail): Promise<SentMail> {
    const id = newMessageId(mail);
    const accepted = recipientsOf(mail);
    const attachments = mail.attachments.map(({ filename }) => filename);
    this.logger.info({ mail: id, ...(attachments.length > 0 && { attachments }) }, 'A mail was not sent, but shown here');
    const lines = [`To: ${accepted.join(', ')}`, `Subject: ${mail.subject}`, '', ...mail.text.trimEnd().split(/\r\n?|\n/)];
    // Of what a mail says nothing may steer the terminal.
    process.stderr.write(`${lines.map((line) => `  │ ${line.replace(controls, '\ufffd')}`).join('\n')}\n`);
    return { id, accepted, rejected: [] };
  }
}

// eslint-disable-next-line no-control-regex
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;
