/** A scheme by which a caller proves who it is: an OpenAPI 3.1 Security Scheme Object under a name. */
export interface GuardSecurity {
  /** Unique in the application, such as `bearer`. */
  readonly name: string;
  readonly scheme: SecurityScheme;
  /** OAuth scopes or roles, for the documentation. */
  readonly scopes?: readonly string[];
}

/** OpenAPI 3.1 Security Scheme Object. */
export type SecurityScheme =
  | { readonly type: 'http'; readonly scheme: string; readonly bearerFormat?: string; readonly description?: string }
  | { readonly type: 'apiKey'; readonly in: 'header' | 'query' | 'cookie'; readonly name: string; readonly description?: string }
  | { readonly type: 'oauth2'; readonly flows: object; readonly description?: string }
  | { readonly type: 'openIdConnect'; readonly openIdConnectUrl: string; readonly description?: string }
  | { readonly type: 'mutualTLS'; readonly description?: string };

/** Alternatives, each a list of schemes that are all needed. An empty alternative means that no credential is needed. */
export type SecurityAlternatives = readonly (readonly GuardSecurity[])[];

/** @internal */
export function securityOf(security: GuardSecurity | undefined): SecurityAlternatives {
  return security === undefined ? [[]] : [[security]];
}

/** What guards run one after the other need together. */
export function allSecurity(guards: readonly { readonly security: SecurityAlternatives }[]): SecurityAlternatives {
  return guards.reduce<SecurityAlternatives>(
    (needed, guard) => needed.flatMap((left) => guard.security.map((right) => [...left, ...right])),
    [[]],
  );
}
