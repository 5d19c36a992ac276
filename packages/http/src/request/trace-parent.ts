const wellFormed = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(?:-|$)/;

/** The trace id of a W3C `traceparent` header; `undefined` for a malformed one, for version ff and for ids of zeros. */
export function readTraceId(header: string | undefined): string | undefined {
  if (header === undefined || header.length > 128) return undefined;
  const match = wellFormed.exec(header);
  if (match === null || header.startsWith('ff') || (header.startsWith('00') && header.length !== 55)) return undefined;
  return /^0+$/.test(match[1] ?? '') || /^0+$/.test(match[2] ?? '') ? undefined : match[1];
}
