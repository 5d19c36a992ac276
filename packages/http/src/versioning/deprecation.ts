import { HTTP_ERRORS } from '../errors.js';

/** Since when a route should not be used any more, until when it will answer, and where that is explained. */
export interface Deprecation {
  /** `2026-01-31`, an ISO 8601 date and time, or a Date: the `Deprecation` header (RFC 9745). May lie ahead. */
  readonly since: string | Date;
  /** When it is switched off: the `Sunset` header (RFC 8594). Not before `since`. */
  readonly sunset?: string | Date;
  /** A page that says what to use instead: the `Link` header. */
  readonly link?: string;
}

/** The headers of a deprecated route, as flat names and values; `[]` where it says no date. Throws `HTTP_DEPRECATION`. */
export function deprecationFields(deprecated: boolean | Deprecation | undefined, route: string): readonly string[] {
  if (typeof deprecated !== 'object') return [];
  const since = readDate(deprecated.since, 'since', route);
  const fields = ['Deprecation', `@${Math.floor(since.getTime() / 1000)}`];
  const relations = ['deprecation'];
  if (deprecated.sunset !== undefined) {
    const sunset = readDate(deprecated.sunset, 'sunset', route);
    if (sunset < since) throw HTTP_ERRORS.DEPRECATION({ route, reason: '`sunset` lies before `since`' });
    fields.push('Sunset', sunset.toUTCString());
    relations.push('sunset');
  }
  if (deprecated.link !== undefined) {
    // A URI reference (RFC 3986) without what would end it, or the header.
    if (!/^[\x21\x23-\x3b\x3d\x3f-\x5b\x5d\x5f\x61-\x7a\x7e]+$/.test(deprecated.link))
      throw HTTP_ERRORS.DEPRECATION({ route, reason: `the link ${JSON.stringify(deprecated.link)} is no URL` });
    fields.push('Link', relations.map((relation) => `<${deprecated.link}>; rel="${relation}"`).join(', '));
  }
  return fields;
}

function readDate(value: string | Date, part: string, route: string): Date {
  const date = typeof value === 'string' && !/^\d{4}-\d{2}-\d{2}(?:T|$)/.test(value) ? new Date(NaN) : new Date(value);
  if (Number.isNaN(date.getTime()))
    throw HTTP_ERRORS.DEPRECATION({ route, reason: `\`${part}\` is ${JSON.stringify(value)}, which is no date` });
  return date;
}
