/** One cookie of a jar. */
export interface JarCookie {
  readonly value: string;
  readonly path: string;
  /** Milliseconds since the epoch; without it until the jar is emptied. */
  readonly expires?: number;
}

/**
 * Keeps the cookies of a test client, as a browser does for one site: by name and path, with expiry. `Secure`, `HttpOnly` and
 * `SameSite` do not matter here: requests of tests come from the site itself.
 */
export class CookieJar {
  readonly #cookies = new Map<string, JarCookie & { readonly name: string }>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Takes the `Set-Cookie` headers of a reply to a request of this path (RFC 6265bis, 5.7). */
  keep(headers: readonly string[], requestPath: string): void {
    for (const header of headers) {
      const [pair = '', ...attributes] = header.split(';').map((part) => part.trim());
      const at = pair.indexOf('=');
      if (at < 1) continue;
      const found = new Map(attributes.map((attribute) => splitAttribute(attribute)));
      const path = found.get('path')?.startsWith('/') ? found.get('path')! : defaultPath(requestPath);
      const expires = this.#expiry(found);
      const name = pair.slice(0, at);
      this.#cookies.set(`${name};${path}`, { name, value: pair.slice(at + 1), path, ...(expires !== undefined && { expires }) });
    }
  }

  /** Sets a cookie as if the server had. */
  set(name: string, value: string, path = '/'): void {
    this.#cookies.set(`${name};${path}`, { name, value, path });
  }

  /** The value of a cookie that would be sent to this path. */
  get(name: string, path = '/'): string | undefined {
    return this.#matching(path).find((cookie) => cookie.name === name)?.value;
  }

  /** The `Cookie` header for a path; `undefined` when no cookie goes there. */
  header(path: string): string | undefined {
    const matching = this.#matching(path);
    return matching.length === 0 ? undefined : matching.map(({ name, value }) => `${name}=${value}`).join('; ');
  }

  clear(): void {
    this.#cookies.clear();
  }

  /** A jar without cookies by the same clock. */
  empty(): CookieJar {
    return new CookieJar(this.#now);
  }

  // Longer paths first (RFC 6265bis, 5.8.3).
  #matching(path: string): readonly (JarCookie & { readonly name: string })[] {
    const now = this.#now();
    return [...this.#cookies.values()]
      .filter((cookie) => (cookie.expires === undefined || cookie.expires > now) && pathMatches(path, cookie.path))
      .sort((a, b) => b.path.length - a.path.length);
  }

  #expiry(attributes: ReadonlyMap<string, string>): number | undefined {
    const maxAge = attributes.get('max-age');
    if (maxAge !== undefined && /^-?\d+$/.test(maxAge)) return this.#now() + Number(maxAge) * 1000;
    const expires = attributes.get('expires');
    const instant = expires === undefined ? Number.NaN : Date.parse(expires);
    return Number.isNaN(instant) ? undefined : instant;
  }
}

function splitAttribute(attribute: string): [string, string] {
  const at = attribute.indexOf('=');
  return at < 0 ? [attribute.toLowerCase(), ''] : [attribute.slice(0, at).toLowerCase(), attribute.slice(at + 1)];
}

function defaultPath(requestPath: string): string {
  const end = requestPath.lastIndexOf('/');
  return end < 1 ? '/' : requestPath.slice(0, end);
}

function pathMatches(path: string, cookiePath: string): boolean {
  if (path === cookiePath) return true;
  return path.startsWith(cookiePath) && (cookiePath.endsWith('/') || path[cookiePath.length] === '/');
}
