import { isUtf8 } from 'node:buffer';
import { HTTP_ERRORS } from '../errors.js';
import { HEAD_LINES, type RawPartHead } from './dicer.js';

/** What the headers of a part say. */
export interface PartHead {
  readonly name: string;
  /** As the client wrote it; `undefined` for a field. */
  readonly filename: string | undefined;
  /** In lower case, without parameters. */
  readonly type: string | undefined;
}

/** Characters of a part's name. */
export const NAME_LENGTH = 100;

/** Bytes of the headers of one part. */
const HEAD_LIMIT = 8 * 1024;

const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const quoted = '"(?:[^"\\\\]|\\\\[^])*"';
const disposition = new RegExp(`^form-data((?:[ \\t]*;[ \\t]*${token}=(?:${token}|${quoted}))*)[ \\t]*$`, 'i');
const parameter = new RegExp(`;[ \\t]*(${token})=(?:(${token})|(${quoted}))`, 'g');
const contentType = new RegExp(`^(${token}/${token})((?:[ \\t]*;[ \\t]*${token}=(?:${token}|${quoted}))*)[ \\t]*$`);
const control = /[\u0000-\u001f\u007f]/;
const plainEncodings = new Set(['7bit', '8bit', 'binary']);

/**
 * Reads the headers of a part (RFC 7578): a form-data disposition with one flat name, no encoding, text as UTF-8. Throws
 * `HTTP_MULTIPART` for anything else: what two parsers could read differently is refused.
 */
export function readPartHead(head: RawPartHead): PartHead {
  checkSize(head);
  const { name, filename } = readDisposition(single(head, 'content-disposition'));
  const encoding = single(head, 'content-transfer-encoding');
  if (encoding !== undefined && !plainEncodings.has(encoding.toLowerCase())) throw bad('a part has a Content-Transfer-Encoding');
  return { name, filename, type: readType(single(head, 'content-type')) };
}

function checkSize(head: RawPartHead): void {
  let bytes = 0;
  let lines = 0;
  for (const name of Object.keys(head))
    for (const value of head[name] ?? []) {
      lines++;
      bytes += name.length + value.length + 4;
    }
  if (lines >= HEAD_LINES) throw bad(`a part has ${HEAD_LINES} headers or more`);
  if (bytes > HEAD_LIMIT) throw bad(`the headers of a part are larger than ${HEAD_LIMIT} bytes`);
}

function single(head: RawPartHead, name: string): string | undefined {
  const values = head[name];
  if (values !== undefined && values.length > 1) throw bad(`a part has the header ${name} twice`);
  return values?.[0];
}

function readDisposition(value: string | undefined): { name: string; filename: string | undefined } {
  const list = disposition.exec(value ?? '')?.[1];
  if (list === undefined) throw bad('a part has no valid Content-Disposition of the kind form-data');
  let name: string | undefined;
  let filename: string | undefined;
  for (const [, key = '', plain, quotedText] of list.matchAll(parameter)) {
    const lower = key.toLowerCase();
    const text = plain ?? unquote(quotedText ?? '""');
    if (lower === 'filename*' || lower === 'name*') throw bad(`a part has the parameter ${lower}, which forms do not use (RFC 7578, 4.2)`);
    if (lower === 'name') {
      if (name !== undefined) throw bad('a part has two names');
      name = checkName(decode(text));
    } else if (lower === 'filename') {
      if (filename !== undefined) throw bad('a part has two file names');
      filename = decode(text);
    }
  }
  if (name === undefined) throw bad('a part has no name');
  return { name, filename };
}

// Browsers write a quotation mark as %22 and leave backslashes alone, other clients write \" and \\.
function unquote(text: string): string {
  return text.slice(1, -1).replaceAll(/\\(["\\])/g, '$1');
}

function decode(latin1: string): string {
  const bytes = Buffer.from(latin1, 'latin1');
  if (!isUtf8(bytes)) throw bad('a name in it is not valid UTF-8');
  return bytes.toString('utf8');
}

function checkName(name: string): string {
  if (name === '') throw bad('a part has no name');
  if (name.length > NAME_LENGTH) throw bad(`the name of a part is longer than ${NAME_LENGTH} characters`);
  if (control.test(name)) throw bad('the name of a part holds a control character');
  if (name === '__proto__' || name === 'constructor') throw bad('the names "__proto__" and "constructor" are not accepted');
  return name;
}

function readType(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const match = contentType.exec(value);
  if (match === null) throw bad('the Content-Type of a part is malformed');
  for (const [, key = '', plain, quotedText] of (match[2] ?? '').matchAll(parameter)) {
    const text = plain ?? unquote(quotedText ?? '""');
    if (key.toLowerCase() === 'charset' && text.toLowerCase() !== 'utf-8') throw bad('the charset of a part is not utf-8');
  }
  return match[1]?.toLowerCase();
}

function bad(reason: string): ReturnType<typeof HTTP_ERRORS.MULTIPART> {
  return HTTP_ERRORS.MULTIPART({ reason });
}
