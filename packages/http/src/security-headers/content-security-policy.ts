import { HTTP_ERRORS } from '../errors.js';

/** Keywords, written with or without their quotes. `nonce` stands for the nonce of the request (`context.nonce`). */
export type SourceKeyword =
  'self' | 'none' | 'nonce' | 'strict-dynamic' | 'report-sample' | 'unsafe-inline' | 'unsafe-eval' | 'unsafe-hashes' | 'wasm-unsafe-eval';

/** A keyword, a scheme (`https:`), a host (`https://cdn.example.com`), or a hash (`sha256-…`). */
export type PolicySource = SourceKeyword | (string & {});

/** Sources of one directive; `false` leaves the directive out. */
export type PolicySources = readonly PolicySource[] | false;

/** A Content-Security-Policy (CSP Level 3). Directives that are not named keep their defaults. */
export interface ContentSecurityPolicy {
  readonly defaultSrc?: PolicySources;
  readonly scriptSrc?: PolicySources;
  readonly scriptSrcElem?: PolicySources;
  readonly scriptSrcAttr?: PolicySources;
  readonly styleSrc?: PolicySources;
  readonly styleSrcElem?: PolicySources;
  readonly styleSrcAttr?: PolicySources;
  readonly imgSrc?: PolicySources;
  readonly fontSrc?: PolicySources;
  readonly connectSrc?: PolicySources;
  readonly mediaSrc?: PolicySources;
  readonly objectSrc?: PolicySources;
  readonly frameSrc?: PolicySources;
  readonly childSrc?: PolicySources;
  readonly workerSrc?: PolicySources;
  readonly manifestSrc?: PolicySources;
  readonly baseUri?: PolicySources;
  readonly formAction?: PolicySources;
  readonly frameAncestors?: PolicySources;
  /** Sandbox flags such as `allow-forms`; an empty list is the whole sandbox. */
  readonly sandbox?: readonly string[] | false;
  readonly requireTrustedTypesFor?: readonly 'script'[] | false;
  readonly trustedTypes?: readonly string[] | false;
  /** Default: true where the service is reached by https. */
  readonly upgradeInsecureRequests?: boolean;
  /** An endpoint's name in `reportingEndpoints`. */
  readonly reportTo?: string | false;
  /** For browsers that don't know `report-to`. */
  readonly reportUri?: string | false;
}

/**
 * The policy of documents: own resources only, scripts by nonce and what those load, nothing inline without it, no frames around,
 * no plugins, no `<base>`, forms to this site only (ASVS 5.0, 3.4.3).
 */
export const DOCUMENT_POLICY: ContentSecurityPolicy = {
  defaultSrc: ['self'],
  scriptSrc: ['nonce', 'strict-dynamic'],
  scriptSrcAttr: ['none'],
  styleSrc: ['self', 'nonce'],
  imgSrc: ['self', 'data:'],
  objectSrc: ['none'],
  baseUri: ['none'],
  formAction: ['self'],
  frameAncestors: ['none'],
};

/** A policy as it is sent. */
export interface CompiledPolicy {
  /** For documents whose handler did not read the nonce. */
  readonly plain: string;
  /** The text around each nonce; `null` where the policy has none. */
  readonly pieces: readonly string[] | null;
}

const NONCE = "'nonce'";
const keywords = new Set(
  'self none strict-dynamic report-sample unsafe-inline unsafe-eval unsafe-hashes wasm-unsafe-eval inline-speculation-rules'.split(' '),
);
const hash = /^sha(?:256|384|512)-[A-Za-z0-9+/_-]+={0,2}$/;
const sourceText = /^[\x21-\x2b\x2d-\x3a\x3c-\x7e]+$/;

/** Compiles a policy over its defaults. Throws `HTTP_SECURITY_HEADERS` for a source that would end its directive, or mean nothing. */
export function compilePolicy(policy: ContentSecurityPolicy, defaults: ContentSecurityPolicy = DOCUMENT_POLICY): CompiledPolicy {
  const lines: string[] = [];
  const plain: string[] = [];
  for (const [property, value] of Object.entries({ ...defaults, ...definedOf(policy) })) {
    const name = property.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    if (value === false) continue;
    const sources = sourcesOf(name, value);
    lines.push([name, ...sources].join(' '));
    plain.push([name, ...withoutNonce(sources)].join(' '));
  }
  const text = lines.join('; ');
  return { plain: plain.join('; '), pieces: text.includes(NONCE) ? text.split(NONCE) : null };
}

/** The policy with this nonce. */
export function policyWith(pieces: readonly string[], nonce: string): string {
  return pieces.join(`'nonce-${nonce}'`);
}

function sourcesOf(name: string, value: unknown): readonly string[] {
  if (value === true) return [];
  const list = typeof value === 'string' ? [value] : Array.isArray(value) ? (value as readonly unknown[]) : undefined;
  if (list === undefined) throw refuse(name, value, 'its value is not a list of sources');
  const sources = list.map((source) => toSource(name, source));
  if (sources.length > 1 && sources.includes("'none'")) throw refuse(name, value, "'none' stands beside other sources");
  if (sources.length === 0 && (name.endsWith('-src') || name === 'base-uri')) throw refuse(name, value, "its list is empty; say 'none'");
  return sources;
}

function toSource(name: string, source: unknown): string {
  if (typeof source !== 'string' || !sourceText.test(source)) throw refuse(name, source, 'it is empty, or holds a space, ";" or ","');
  const bare = /^'(.+)'$/.exec(source)?.[1] ?? source;
  if (bare === 'nonce') return NONCE;
  if (bare.startsWith('nonce-')) throw refuse(name, source, "a fixed nonce is known to everybody; say 'nonce'");
  if (keywords.has(bare) || hash.test(bare) || name === 'require-trusted-types-for') return `'${bare}'`;
  if (bare !== source && !name.includes('trusted-types')) throw refuse(name, source, 'it is no keyword of CSP');
  return source;
}

// 'strict-dynamic' makes browsers ignore 'self' and hosts: without a nonce or hash to start from it would forbid every script.
function withoutNonce(sources: readonly string[]): readonly string[] {
  if (!sources.includes(NONCE)) return sources;
  const rest = sources.filter((source) => source !== NONCE);
  const left = rest.some((source) => source.startsWith("'sha")) ? rest : rest.filter((source) => source !== "'strict-dynamic'");
  return left.length === 0 ? ["'self'"] : left;
}

function refuse(name: string, value: unknown, reason: string): Error {
  return HTTP_ERRORS.SECURITY_HEADERS({ header: `${name} of the content security policy`, value: JSON.stringify(value), reason });
}

function definedOf<T extends object>(object: T): Partial<T> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as Partial<T>;
}
