/** Who a mail goes to or comes from: `ann@example.org`, or with a name to show. */
export type MailAddress = string | { readonly name: string; readonly address: string };

/** Markup of a mail: made by the tag `html` of `@plinth/http`, which escapes every value, or by `trustedHtml`. A plain text is no markup. */
export interface MailMarkup {
  readonly text: string;
  toString(): string;
}

/** A file that comes with a mail; at most 25 of them. Its content is given, never fetched: neither paths nor URLs are followed. */
export interface MailAttachment {
  /** The name that the reader sees; folders are cut off. */
  readonly filename: string;
  readonly content: string | Uint8Array;
  /** Default `application/octet-stream`. */
  readonly contentType?: string;
  /** For pictures in the markup: `<img src="cid:logo">`. */
  readonly contentId?: string;
}

/** What a mail says: what a template function gives back. */
export interface MailContent {
  /** One line of at most 500 characters. */
  readonly subject: string;
  /** The mail as text, for readers that show no markup; never left out. */
  readonly text: string;
  readonly html?: MailMarkup;
  readonly attachments?: readonly MailAttachment[];
}

/** A mail to send. */
export interface Mail extends MailContent {
  /** At most 100 recipients together with `cc` and `bcc`. */
  readonly to: MailAddress | readonly MailAddress[];
  readonly cc?: MailAddress | readonly MailAddress[];
  readonly bcc?: MailAddress | readonly MailAddress[];
  /** Default: the `from` of `MailModule.with`. */
  readonly from?: MailAddress;
  readonly replyTo?: MailAddress;
  /** Further headers, such as `List-Unsubscribe`. Those that the mail itself decides (From, Content-Type, …) are refused. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Markup that is safe as it stands. Never pass what a user wrote. */
export function trustedHtml(markup: string): MailMarkup {
  const text = String(markup);
  return Object.freeze({ text, toString: () => text });
}
