import { HTTP_ERRORS } from '../errors.js';

/** Values by name; a repeated name gives a list. Without a prototype, so that no name means anything but itself. */
export type QueryValues = Record<string, string | string[]>;

/** Which names are taken: the declared ones, and the others only if they are to be reported or kept. */
export interface QueryNames {
  readonly declared: ReadonlySet<string>;
  readonly others: boolean;
  /** Those that may come once only: their schema takes no list. */
  readonly once?: ReadonlySet<string>;
}

// A constructor with an empty prototype: unlike Object.create(null) its objects keep a fast hidden class.
const Values = function () {} as unknown as new () => QueryValues;
Values.prototype = Object.freeze(Object.create(null));

/** An empty set of values. */
export function emptyValues(): QueryValues {
  return new Values();
}

const refusedText = /\u0000/;

/**
 * Reads a query string or a urlencoded form in one scan (WHATWG urlencoded: "+" is a space). Flat: "a[b]" is just a name.
 * Throws `HTTP_QUERY` for bad percent-encoding and U+0000, `HTTP_QUERY_LIMIT` for more than `limit` parameters, `HTTP_QUERY_REPEATED`
 * for a second value of what has one: which of the two counts would be another server's guess.
 */
export function parseQuery(text: string, start: number, names: QueryNames, limit: number): QueryValues {
  const values = new Values();
  const length = text.length;
  let count = 0;
  for (let from = start; from < length;) {
    let end = text.indexOf('&', from);
    if (end === -1) end = length;
    if (end > from) {
      if (++count > limit) throw HTTP_ERRORS.QUERY_LIMIT({ limit });
      const equals = text.indexOf('=', from);
      const split = equals === -1 || equals > end ? end : equals;
      const name = decode(text.slice(from, split));
      if (names.others || names.declared.has(name)) add(values, name, split === end ? '' : decode(text.slice(split + 1, end)), names);
    }
    from = end + 1;
  }
  return values;
}

function add(values: QueryValues, name: string, value: string, { once }: QueryNames): void {
  const present = values[name];
  if (present === undefined) values[name] = value;
  else if (once?.has(name) === true) throw HTTP_ERRORS.QUERY_REPEATED({ name });
  else if (typeof present === 'string') values[name] = [present, value];
  else present.push(value);
}

function decode(text: string): string {
  if (!text.includes('%') && !text.includes('+')) return text;
  const spaced = text.replaceAll('+', ' ');
  let decoded: string;
  try {
    decoded = decodeURIComponent(spaced);
  } catch {
    throw HTTP_ERRORS.QUERY({ reason: 'its percent-encoding is not valid UTF-8' });
  }
  if (refusedText.test(decoded)) throw HTTP_ERRORS.QUERY({ reason: 'it holds U+0000' });
  return decoded;
}
