/** Response headers as flat names and values, the form in which they are written. */
export type FlatHeaders = readonly string[];

/** The headers of every answer of a JSON API: nothing in it may be sniffed, framed, run, or read by another site. */
export const API_HEADERS: FlatHeaders = [
  'X-Content-Type-Options',
  'nosniff',
  'Content-Security-Policy',
  "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'Referrer-Policy',
  'no-referrer',
  'Cross-Origin-Resource-Policy',
  'same-origin',
];

/** Sent where the service is reached by https: two years, subdomains included. */
export const STRICT_TRANSPORT: FlatHeaders = ['Strict-Transport-Security', 'max-age=63072000; includeSubDomains'];

/** The block for a server; HSTS only if its public URL is an https one, because browsers ignore it elsewhere. */
export function securityHeaders(publicUrl: URL | undefined): FlatHeaders {
  return publicUrl?.protocol === 'https:' ? [...API_HEADERS, ...STRICT_TRANSPORT] : API_HEADERS;
}
