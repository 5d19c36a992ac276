import type { ContentSecurityPolicy } from './content-security-policy.js';

/** A header of the block by its name, replaced, added, or (`false`) left out: of every answer, documents included. */
export interface NamedHeaders {
  readonly [header: `${string}-${string}`]: string | false;
}

/** What `securityHeaders` takes, for all routes (`HttpModule.with`) and for one (its contract), which wins part by part. */
export interface SecurityHeaderOptions extends NamedHeaders {
  /** The policy of documents, over the default one; `false` sends none. Answers that are no documents keep `default-src 'none'`. */
  readonly contentSecurityPolicy?: ContentSecurityPolicy | false;
  /** A policy that is only reported about, besides the one that holds: to try a stricter one. */
  readonly contentSecurityPolicyReportOnly?: ContentSecurityPolicy | false;
  /** Names and https URLs of where browsers send reports (`Reporting-Endpoints`). */
  readonly reportingEndpoints?: { readonly [name: string]: string };
  /** Browser features of documents: a list of origins, `self` or `*` each; `[]` is nobody. Over the default ones; `false` sends none. */
  readonly permissionsPolicy?: { readonly [feature: string]: readonly string[] } | false;
  /** Who may frame a document, for browsers without CSP; see `frameAncestors` of the policy. Default `DENY`. */
  readonly frameOptions?: 'DENY' | 'SAMEORIGIN' | false;
  /** `Cross-Origin-Opener-Policy` of documents. Default `same-origin`. */
  readonly openerPolicy?: 'same-origin' | 'same-origin-allow-popups' | 'noopener-allow-popups' | 'unsafe-none' | false;
  /** `Cross-Origin-Embedder-Policy` of documents. Default: none. */
  readonly embedderPolicy?: 'require-corp' | 'credentialless' | false;
  /** `Cross-Origin-Resource-Policy` of every answer. Default `same-origin`. */
  readonly resourcePolicy?: 'same-origin' | 'same-site' | 'cross-origin' | false;
  /** `Referrer-Policy` of every answer. Default `no-referrer`. */
  readonly referrerPolicy?:
    'no-referrer' | 'same-origin' | 'strict-origin' | 'strict-origin-when-cross-origin' | 'origin' | 'origin-when-cross-origin' | false;
  /** Sent where the service is reached by https. `maxAge` in seconds; default two years, subdomains included. */
  readonly strictTransport?: { readonly maxAge: number; readonly includeSubDomains?: boolean; readonly preload?: boolean } | false;
}
