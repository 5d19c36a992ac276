import { fullFormats } from 'ajv-formats/dist/formats.js';
import type { Format } from 'ajv';

/** A check of one format: whether the text is of that format. */
export type FormatCheck = (text: string) => boolean;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * The formats a schema may name: those of ajv-formats, but for two. `uuid` takes no `urn:uuid:` in front (RFC 9562 text form,
 * as databases want it); `url` is an absolute http or https URL as the WHATWG parser reads it (the stock pattern backtracks).
 */
export function knownFormats(own: Readonly<Record<string, FormatCheck>> = {}): ReadonlyMap<string, Format> {
  return new Map<string, Format>([...Object.entries(fullFormats), ['uuid', UUID], ['url', isHttpUrl], ...Object.entries(own)]);
}

function isHttpUrl(text: string): boolean {
  return /^https?:\/\/\S+$/i.test(text) && URL.canParse(text);
}
