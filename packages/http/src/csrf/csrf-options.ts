/** How unsafe requests are protected against other sites. */
export interface CsrfOptions {
  /** Other sites of yours whose pages may send unsafe requests, as exact origins (`https://app.example.com`). */
  readonly origins?: readonly string[];
  /**
   * Accept a token (`csrfToken(context)`) from browsers that say nothing of where a request comes from. Needs an `APP_KEY`. Default false:
   * every browser since 2023 says it.
   */
  readonly tokens?: boolean;
}
