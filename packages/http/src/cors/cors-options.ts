/** Which pages of other origins may call a route, and what they may send and read (Fetch Standard, "HTTP-CORS protocol"). */
export interface CorsOptions {
  /**
   * Exact origins (`https://app.example.com`), subdomains of one (`https://*.example.com`), or `*` alone for everybody, which excludes
   * `credentials`. A function is asked with every well-formed origin but `null`, and must compare it as a whole.
   */
  readonly origins: readonly string[] | ((origin: string) => boolean);
  /** Whether cookies may be sent along. Default false. Such origins are trusted by the CSRF check as well. */
  readonly credentials?: boolean;
  /** Methods that pages may use; routes of other methods are left closed. Default: every declared one. */
  readonly methods?: readonly string[];
  /** Request headers that pages may set, besides `Content-Type`, those that the contract declares, and `Authorization` on guarded routes. */
  readonly headers?: readonly string[];
  /** Response headers that pages may read. Default: none besides those that every page may. */
  readonly expose?: readonly string[];
  /** Seconds for which browsers keep the answer to a preflight. Default 600. */
  readonly maxAge?: number;
}
