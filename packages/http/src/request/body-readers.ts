import { isUtf8 } from 'node:buffer';
import type { BodyFormat } from '../contract/contract.js';
import { HTTP_ERRORS } from '../errors.js';
import type { PlannedReader } from './body-plan.js';
import { parseJson } from './parse-json.js';
import { parseQuery, type QueryNames } from './parse-query.js';

const KIB = 1024;
const formFields = 1000;
const everyName: QueryNames = { declared: new Set(), others: true };

/** The readers of the body formats that a contract can accept, with their default limits in bytes. */
export const BODY_READERS: Readonly<Record<Exclude<BodyFormat, 'ndjson'>, PlannedReader>> = {
  json: { ...exact('application/json', KIB * KIB), read: parseJson },
  form: { ...exact('application/x-www-form-urlencoded', 64 * KIB), read: readForm },
  text: { ...exact('text/plain', 256 * KIB), read: readText },
  bytes: { ...exact('application/octet-stream', KIB * KIB), read: (bytes) => bytes },
};

function exact(mediaType: string, limit: number): Omit<PlannedReader, 'read'> {
  return { mediaType, limit, pattern: null, open: null };
}

function readText(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw HTTP_ERRORS.TEXT_ENCODING();
  const text = bytes.toString('utf8');
  if (text.includes('\0')) throw HTTP_ERRORS.JSON_TEXT();
  return text;
}

function readForm(bytes: Buffer): unknown {
  const text = readText(bytes);
  try {
    const values = parseQuery(text, 0, everyName, formFields);
    // As in JSON: an author's code may copy what it is given into an object of its own.
    if (Object.hasOwn(values, '__proto__') || Object.hasOwn(values, 'constructor'))
      throw HTTP_ERRORS.FORM({ reason: 'the names "__proto__" and "constructor" are not accepted' });
    return values;
  } catch (error) {
    if (HTTP_ERRORS.QUERY.is(error)) throw HTTP_ERRORS.FORM({ reason: 'its encoding is not valid' }, { cause: error });
    if (HTTP_ERRORS.QUERY_LIMIT.is(error)) throw HTTP_ERRORS.FORM({ reason: `it has more than ${formFields} fields` });
    throw error;
  }
}
