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

/** What documents (`text/html`) send besides; their policy is `DOCUMENT_POLICY`. */
export const DOCUMENT_HEADERS: FlatHeaders = [
  'Cross-Origin-Opener-Policy',
  'same-origin',
  'Origin-Agent-Cluster',
  '?1',
  'X-Frame-Options',
  'DENY',
  'X-DNS-Prefetch-Control',
  'off',
  'X-Permitted-Cross-Domain-Policies',
  'none',
];

/** Features that a document may not use unless `permissionsPolicy` says so. */
export const REFUSED_FEATURES: readonly string[] = [
  'accelerometer',
  'camera',
  'display-capture',
  'geolocation',
  'gyroscope',
  'hid',
  'idle-detection',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'serial',
  'usb',
  'xr-spatial-tracking',
];

/** Sent where the service is reached by https: two years, subdomains included. */
export const STRICT_TRANSPORT: FlatHeaders = ['Strict-Transport-Security', 'max-age=63072000; includeSubDomains'];
