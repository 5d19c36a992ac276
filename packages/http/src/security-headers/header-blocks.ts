import type { Contract } from '../contract/contract.js';
import { HTTP_ERRORS } from '../errors.js';
import { checkHeader } from '../reply/check-header.js';
import { compilePolicy, type ContentSecurityPolicy } from './content-security-policy.js';
import type { SecurityHeaderOptions } from './options.js';
import { API_HEADERS, DOCUMENT_HEADERS, REFUSED_FEATURES, STRICT_TRANSPORT, type FlatHeaders } from './security-headers.js';

/** A policy header whose value holds the nonce. */
export interface NonceHeader {
  readonly name: string;
  readonly pieces: readonly string[];
}

/** The constant headers of the answers of a route. */
export interface SecurityBlocks {
  readonly api: FlatHeaders;
  readonly document: FlatHeaders;
  /** What replaces the policies of `document` when its handler has read the nonce. */
  readonly nonce: readonly NonceHeader[];
}

/** Gives the blocks of a route; those of routes without settings of their own are made once. */
export type BlocksOf = (contract: Contract) => SecurityBlocks;

/** No headers at all. */
export const NO_HEADERS: SecurityBlocks = { api: [], document: [], nonce: [] };

/** Decides the blocks of a server. Throws `HTTP_SECURITY_HEADERS` or `HTTP_HEADER` for options that cannot be sent. */
export function createBlocks(options: SecurityHeaderOptions | false | undefined, publicUrl: URL | undefined): BlocksOf {
  const https = publicUrl?.protocol === 'https:';
  const common = options === false ? NO_HEADERS : compileBlocks(options ?? {}, https);
  return ({ securityHeaders: own }) => {
    if (own === undefined) return common;
    return own === false ? NO_HEADERS : compileBlocks({ ...(options === false ? {} : options), ...own }, https);
  };
}

/** Whether browsers open answers of this media type as a document that can run scripts under our name. */
export function isDocumentType(mediaType: string | undefined): boolean {
  return mediaType !== undefined && /^\s*(?:text\/html|application\/xhtml\+xml)\s*(?:;|$)/i.test(mediaType);
}

function compileBlocks(options: SecurityHeaderOptions, https: boolean): SecurityBlocks {
  const api = new Block(API_HEADERS);
  if (https) api.add(STRICT_TRANSPORT);
  const { strictTransport, referrerPolicy, resourcePolicy } = options;
  if (https && strictTransport !== undefined) api.put('Strict-Transport-Security', strictTransport && transportText(strictTransport));
  if (referrerPolicy !== undefined) api.put('Referrer-Policy', referrerPolicy);
  if (resourcePolicy !== undefined) api.put('Cross-Origin-Resource-Policy', resourcePolicy);
  const document = new Block([...api.flat(), ...DOCUMENT_HEADERS]);
  document.put('Permissions-Policy', options.permissionsPolicy !== false && permissionsText(options.permissionsPolicy ?? {}));
  if (options.frameOptions !== undefined) document.put('X-Frame-Options', options.frameOptions);
  if (options.openerPolicy !== undefined) document.put('Cross-Origin-Opener-Policy', options.openerPolicy);
  if (options.embedderPolicy !== undefined) document.put('Cross-Origin-Embedder-Policy', options.embedderPolicy);
  if (options.reportingEndpoints !== undefined) document.put('Reporting-Endpoints', endpointsText(options.reportingEndpoints));

  const nonce: NonceHeader[] = [];
  const policy = (name: string, own: ContentSecurityPolicy | false, upgrade: boolean) => {
    if (own === false) return document.put(name, false);
    const { plain, pieces } = compilePolicy({ ...own, upgradeInsecureRequests: own.upgradeInsecureRequests ?? upgrade });
    document.put(name, plain);
    if (pieces !== null) nonce.push({ name, pieces });
  };
  policy('Content-Security-Policy', options.contentSecurityPolicy ?? {}, https);
  if (options.contentSecurityPolicyReportOnly)
    // Browsers ignore the directive in a policy that is only reported about.
    policy('Content-Security-Policy-Report-Only', options.contentSecurityPolicyReportOnly, false);

  const named = Object.entries(options).filter(([name]) => name.includes('-')) as [string, string | false][];
  for (const [name, value] of named) {
    api.put(name, value);
    // A policy that is written out for all answers gives way to one that is meant for documents.
    if (name.toLowerCase() !== 'content-security-policy' || options.contentSecurityPolicy === undefined) document.put(name, value);
  }
  const flat = document.flat();
  const replaced = (header: NonceHeader) => named.some(([name]) => name.toLowerCase() === header.name.toLowerCase());
  return {
    api: api.flat(),
    document: flat,
    nonce: nonce.filter((header) => options.contentSecurityPolicy !== undefined || !replaced(header)),
  };
}

/** Headers in order, one of each name. */
class Block {
  readonly #headers = new Map<string, readonly [string, string]>();

  constructor(headers: FlatHeaders) {
    this.add(headers);
  }

  add(headers: FlatHeaders): void {
    for (let index = 0; index < headers.length; index += 2) this.put(headers[index] as string, headers[index + 1] as string);
  }

  put(name: string, value: string | false): void {
    if (value === false) {
      this.#headers.delete(name.toLowerCase());
      return;
    }
    checkHeader(name, value);
    this.#headers.set(name.toLowerCase(), [name, value]);
  }

  flat(): FlatHeaders {
    return [...this.#headers.values()].flat();
  }
}

function transportText({
  maxAge,
  includeSubDomains = true,
  preload = false,
}: Exclude<SecurityHeaderOptions['strictTransport'], false | undefined>): string {
  if (!Number.isSafeInteger(maxAge) || maxAge < 0)
    throw refuse('Strict-Transport-Security', maxAge, 'maxAge is not a whole number of seconds');
  if (preload && (!includeSubDomains || maxAge < 31_536_000))
    throw refuse('Strict-Transport-Security', maxAge, 'preload needs includeSubDomains and a maxAge of at least one year');
  return `max-age=${maxAge}${includeSubDomains ? '; includeSubDomains' : ''}${preload ? '; preload' : ''}`;
}

function permissionsText(own: { readonly [feature: string]: readonly string[] }): string {
  const features: Record<string, readonly string[]> = Object.fromEntries(REFUSED_FEATURES.map((feature) => [feature, []]));
  for (const [name, origins] of Object.entries(own)) {
    const feature = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    if (!/^[a-z][a-z-]*$/.test(feature)) throw refuse('Permissions-Policy', name, 'it is not the name of a feature');
    features[feature] = origins.map((origin) => allowText(feature, origin));
  }
  return Object.entries(features)
    .map(([feature, origins]) => (origins.includes('*') ? `${feature}=*` : `${feature}=(${origins.join(' ')})`))
    .join(', ');
}

function allowText(feature: string, origin: string): string {
  if (origin === 'self' || origin === '*' || origin === 'src') return origin;
  if (URL.canParse(origin) && new URL(origin).origin === origin) return `"${origin}"`;
  throw refuse('Permissions-Policy', `${feature}: ${origin}`, 'it is neither "self" nor "*" nor an origin');
}

function endpointsText(endpoints: { readonly [name: string]: string }): string {
  return Object.entries(endpoints)
    .map(([name, url]) => {
      if (!/^[a-z*][a-z0-9_.*-]*$/.test(name)) throw refuse('Reporting-Endpoints', name, 'it is not a name in lower case');
      if (!URL.canParse(url) || new URL(url).protocol !== 'https:') throw refuse('Reporting-Endpoints', url, 'it is not an https URL');
      return `${name}="${new URL(url).href}"`;
    })
    .join(', ');
}

function refuse(header: string, value: unknown, reason: string): Error {
  return HTTP_ERRORS.SECURITY_HEADERS({ header, value: JSON.stringify(value), reason });
}
