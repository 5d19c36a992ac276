import { domainToASCII } from 'node:url';
import { MAIL_ERRORS } from '../errors.js';
import { controlIn } from './control-characters.js';
import type { MailAddress } from './mail.js';

/** An address that has been checked; `name` is empty where there is none. */
export interface CheckedAddress {
  readonly name: string;
  readonly address: string;
}

// RFC 5321, sections 4.5.3.1.1 and 4.5.3.1.3, without the angle brackets.
const longestLocalPart = 64;
const longestAddress = 254;
const longestName = 200;

/**
 * Checks one address: a dot-atom of letters, digits and the signs of RFC 5322 section 3.2.3 (letters of any script as in RFC 6531),
 * an at sign, a domain name. Quoted local parts and addresses in brackets are refused: mail servers read them in different ways.
 * Throws `MAIL_ADDRESS` and `MAIL_HEADER`, without the address.
 */
export function checkAddress(field: string, given: unknown): CheckedAddress {
  const { name, address } = readParts(field, given);
  const control = controlIn(name);
  if (control !== undefined) throw MAIL_ERRORS.HEADER({ field, reason: `the name holds ${control}` });
  if (name.length > longestName) throw refuse(field, `the name has more than ${longestName} characters`);
  const at = address.lastIndexOf('@');
  const local = address.slice(0, at);
  const domain = address.slice(at + 1);
  if (at < 1 || domain === '') throw refuse(field, 'it is not of the form name@domain');
  if (Buffer.byteLength(local) > longestLocalPart) throw refuse(field, `more than ${longestLocalPart} bytes stand before the @`);
  if (!dotAtom.test(local)) throw refuse(field, 'what stands before the @ holds a character that is not allowed there');
  const ascii = toDomain(domain);
  if (ascii === undefined) throw refuse(field, 'what stands after the @ is no domain name');
  if (Buffer.byteLength(local) + 1 + ascii.length > longestAddress) throw refuse(field, `it has more than ${longestAddress} bytes`);
  return { name, address: `${local}@${ascii}` };
}

const atom = String.raw`[\p{L}\p{N}\p{M}!#$%&'*+/=?^_\x60{|}~-]+`;
const dotAtom = new RegExp(`^${atom}(?:\\.${atom})*$`, 'u');
const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

function toDomain(domain: string): string | undefined {
  // What is not a letter, digit, mark, hyphen or dot would be read as part of a URL.
  if (!/^[\p{L}\p{N}\p{M}.-]+$/u.test(domain)) return undefined;
  const ascii = domainToASCII(domain);
  return ascii !== '' && ascii.split('.').every((part) => label.test(part)) ? ascii : undefined;
}

function readParts(field: string, given: unknown): CheckedAddress {
  if (typeof given === 'string') return { name: '', address: given };
  if (typeof given === 'object' && given !== null) {
    const { name, address } = given as Partial<Exclude<MailAddress, string>>;
    if (typeof name === 'string' && typeof address === 'string') return { name, address };
  }
  throw refuse(field, 'it is neither a text nor { name, address }');
}

function refuse(field: string, reason: string): Error {
  return MAIL_ERRORS.ADDRESS({ field, reason });
}
