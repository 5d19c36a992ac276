import type { MediaType } from '../contract/media-type.js';
import { HTTP_ERRORS } from '../errors.js';
import { placesOf, type Place } from './template-places.js';

/** Markup that is safe as it stands: made by the tag `html`, `html.raw` and `html.json`. */
export class Html {
  /** @internal */
  constructor(
    readonly text: string,
    /** @internal */ readonly kind: 'markup' | 'raw' | 'json' = 'markup',
  ) {}

  toString(): string {
    return this.text;
  }
}

/** What a template takes: `null`, `undefined` and booleans are written as nothing, lists one entry after the other. */
export type HtmlValue = string | number | bigint | boolean | null | undefined | Html | readonly HtmlValue[];

/** The tag `html`, the media type `html()`, and what stands beside them. */
export interface HtmlTag {
  /** The media type of documents, for a contract: `returns: { 200: html() }`. */
  (): MediaType;
  /**
   * Markup whose values are escaped for the place in which they stand: text or a quoted attribute. At the beginning of an attribute
   * that is followed (`href`, `src`, `action`, …) a URL of another protocol than http, https, mailto and tel becomes `about:invalid`.
   * Throws `HTTP_HTML` where no escaping would be safe.
   */
  (strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html;
  /** A text that is markup already; nothing of it is escaped. Never pass what a user wrote. */
  raw(markup: string): Html;
  /** A value as JSON that can stand in `<script>`, and nowhere can end it (ASVS 5.0, 1.2.3). */
  json(value: unknown): Html;
}

/**
 * HTML that is escaped unless it says otherwise (ASVS 5.0, 1.2.1).
 *
 * @example
 * get('/hello', { open: true, query, returns: html() }, (context) => html`<p title="${context.query.name}">Hello, ${context.query.name}!</p>`);
 */
export const html: HtmlTag = Object.assign(tag as HtmlTag, {
  raw: (markup: string) => new Html(String(markup), 'raw'),
  json: (value: unknown) => new Html(jsonText(value), 'json'),
});

function tag(strings?: TemplateStringsArray, ...values: readonly HtmlValue[]): Html | MediaType {
  if (strings === undefined) return { mediaType: 'text/html; charset=utf-8' };
  const places = placesOf(strings);
  let text = strings[0] as string;
  for (let index = 0; index < values.length; index++) text += write(values[index], places[index] as Place) + (strings[index + 1] as string);
  return new Html(text);
}

function write(value: HtmlValue, place: Place): string {
  if (place === 'script') {
    if (value instanceof Html && value.kind !== 'markup') return value.text;
    throw HTTP_ERRORS.HTML({ place: 'into <script>', reason: 'it is neither html.json(...) nor html.raw(...)' });
  }
  if (value === null || value === undefined || typeof value === 'boolean') return '';
  if (Array.isArray(value)) return (value as readonly HtmlValue[]).map((entry) => write(entry, place)).join('');
  if (value instanceof Html) return writeHtml(value, place);
  const text = String(value as string | number | bigint);
  return escape(place === 'url' ? checkedUrl(text) : text);
}

function writeHtml({ text, kind }: Html, place: Place): string {
  if (kind === 'json') return escape(text);
  // In an attribute markup is a text; its own quotes must not end it.
  return place === 'text' ? text : text.replaceAll('"', '&#34;').replaceAll("'", '&#39;');
}

const special = /[&<>"'`]/;

function escape(text: string): string {
  return special.test(text) ? text.replace(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`) : text;
}

const followed = new Set(['http', 'https', 'mailto', 'tel']);

// Browsers drop tabs and line breaks everywhere in a URL, and controls and spaces before it.
function checkedUrl(text: string): string {
  // eslint-disable-next-line no-control-regex
  const scheme = /^([^/?#]*?):/.exec(text.replace(/[\t\n\r]/g, '').replace(/^[\u0000-\u0020]+/, ''))?.[1];
  return scheme === undefined || followed.has(scheme.toLowerCase()) ? text : 'about:invalid';
}

function jsonText(value: unknown): string {
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined) return 'null';
  return text.replace(/[<>&\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
