/** What a `traceparent` header says (W3C Trace Context). */
export interface TraceParent {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** The caller's span: 16 hexadecimal digits. */
  readonly parentId: string;
  /** What version 00 knows of the flags: 1 sampled, 2 random. */
  readonly flags: number;
}

// Version, trace id, span id, flags; of versions above 00 only this beginning is read (section 3.2.2.3, "Versioning of traceparent").
const wellFormed = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:-|$)/;
const LENGTH = 55;

/** Reads a `traceparent`; `undefined` for a malformed one, for version ff and for ids of zeros. */
export function readTraceParent(header: string | undefined): TraceParent | undefined {
  if (header === undefined || header.length < LENGTH) return undefined;
  const match = wellFormed.exec(header);
  if (match === null || (match[1] === '00' && header.length !== LENGTH)) return undefined;
  return { traceId: match[2] as string, parentId: match[3] as string, flags: Number.parseInt(match[4] as string, 16) & 3 };
}

/** The trace id of a `traceparent`. */
export function readTraceId(header: string | undefined): string | undefined {
  return readTraceParent(header)?.traceId;
}

const MOST_MEMBERS = 32;
const LONGEST = 512;
const member = /^[a-z0-9][a-z0-9_*/@-]{0,255}=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/;

/**
 * A `tracestate` as it may be passed on: `undefined` where it is malformed or names a system twice, without its last members above
 * 512 characters (section 3.3.1.5).
 */
export function readTraceState(header: string | undefined): string | undefined {
  if (header === undefined || header === '') return undefined;
  const members = header.split(',').flatMap((text) => text.replace(/^[ \t]+|[ \t]+$/g, '') || []);
  if (members.length > MOST_MEMBERS || !members.every((text) => member.test(text))) return undefined;
  if (new Set(members.map((text) => text.slice(0, text.indexOf('=')))).size < members.length) return undefined;
  let length = -1;
  const kept = members.filter((text) => (length += text.length + 1) <= LONGEST);
  return kept.length === 0 ? undefined : kept.join(',');
}
