import { MAIL_ERRORS } from '../errors.js';
import { controlIn } from './control-characters.js';

// What the mail's own properties and the transport decide; a second one would be read differently by each mail program.
const own = new Set(
  (
    'from sender to cc bcc reply-to subject date message-id mime-version return-path received dkim-signature authentication-results ' +
    'delivered-to resent-from resent-to resent-cc resent-bcc resent-date resent-message-id'
  ).split(' '),
);
const longestValue = 900;
const mostHeaders = 50;

/** Checks further headers: names of RFC 5322 section 3.6.8, values on one line. Throws `MAIL_HEADER`. */
export function checkHeaders(headers: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  const entries = Object.entries(headers);
  if (entries.length > mostHeaders) throw refuse('headers', `there are more than ${mostHeaders}`);
  const seen = new Set<string>();
  return Object.fromEntries(
    entries.map(([name, value]) => {
      const lower = name.toLowerCase();
      if (!/^[!-9;-~]{1,76}$/.test(name))
        throw refuse(JSON.stringify(name.slice(0, 76)), 'its name is not of visible ASCII without a colon');
      if (own.has(lower) || lower.startsWith('content-')) throw refuse(name, 'the mail itself decides it');
      if (seen.has(lower)) throw refuse(name, 'it is given twice');
      seen.add(lower);
      if (typeof value !== 'string') throw refuse(name, 'its value is not a text');
      const control = controlIn(value);
      if (control !== undefined) throw refuse(name, `its value holds ${control}`);
      if (value.length > longestValue) throw refuse(name, `its value has more than ${longestValue} characters`);
      return [name, value] as const;
    }),
  );
}

function refuse(field: string, reason: string): Error {
  return MAIL_ERRORS.HEADER({ field, reason });
}
