/** The attributes of a cookie (RFC 6265bis). */
export interface CookieOptions {
  /** Seconds. Without `maxAge` and `expires` the cookie ends with the browser session; 0 removes it. */
  readonly maxAge?: number;
  readonly expires?: Date;
  /** Default `/`. */
  readonly path?: string;
  /** Default: the host that set the cookie, and no other. */
  readonly domain?: string;
  /** Default true. */
  readonly secure?: boolean;
  /** Default true. */
  readonly httpOnly?: boolean;
  /** Default `lax`. `none` needs `secure`. */
  readonly sameSite?: 'strict' | 'lax' | 'none';
  /** CHIPS: one cookie jar per top-level site. Needs `secure`. */
  readonly partitioned?: boolean;
  readonly priority?: 'low' | 'medium' | 'high';
}
