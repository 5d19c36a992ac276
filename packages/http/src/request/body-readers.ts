import { isUtf8 } from 'node:buffer';
import type { BodyFormat } from '../contract/contract.js';
import { HTTP_ERRORS } from '../errors.js';
import type { BodyReader } from './body-plan.js';
import { parseJson } from './parse-json.js';
import { parseQuery, type QueryNames } from './parse-query.js';

const KIB = 1024;
const formFields = 1000;
const everyName: QueryNames = { declared: new Set(), others: true };

/** The readers of the body formats that a contract can accept, with their default limits in bytes. */
export const BODY_READERS: Readonly<Record<BodyFormat, BodyReader>> = {
  json: { mediaType: 'application/json', limit: KIB * KIB, read: parseJson },
  form: { mediaType: 'application/x-www-form-urlencoded', limit: 64 * KIB, read: readForm },
  text: { mediaType: 'text/plain', limit: 256 * KIB, read: readText },
  bytes: { mediaType: 'application/octet-stream', limit: KIB * KIB, read: (bytes) => bytes },
};

function readText(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw HTTP_ERRORS.TEXT_ENCODING();
  const text = bytes.toString('utf8');
  if (text.includes('\0')) throw HTTP_ERRORS.JSON_TEXT();
  return text;
}

function readForm(bytes: Buffer): unknown {
  const text = readText(bytes);
  try {
    return parseQuery(text, 0, everyName, formFields);
  } catch (error) {
    if (HTTP_ERRORS.QUERY.is(error)) throw HTTP_ERRORS.FORM({ reason: 'its encoding is not valid' }, { cause: error });
    if (HTTP_ERRORS.QUERY_LIMIT.is(error)) throw HTTP_ERRORS.FORM({ reason: `it has more than ${formFields} fields` });
    throw error;
  }
}
