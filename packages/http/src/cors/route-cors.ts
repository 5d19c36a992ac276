import type { Contract } from '../contract/contract.js';
import { HTTP_ERRORS } from '../errors.js';
import type { FlatHeaders } from '../security-headers/security-headers.js';
import type { CorsOptions } from './cors-options.js';
import { createOriginList, type OriginList } from './origin-list.js';

/** What was decided about the pages of other origins for one route. */
export interface RouteCors {
  readonly origins: OriginList;
  readonly credentials: boolean;
  /** The origins as they were declared. */
  readonly declared: CorsOptions['origins'];
  /** Besides the origin itself. */
  readonly answer: FlatHeaders;
  /** What a preflight is told when all it asks for is allowed. */
  readonly preflight: FlatHeaders;
  /** In lower case. */
  readonly requestHeaders: ReadonlySet<string>;
}

/** What is known of a route here. */
export interface CorsRoute {
  readonly method: string;
  readonly contract: Contract;
  readonly guarded: boolean;
}

const safelisted = ['accept', 'accept-language', 'content-language', 'content-type'];
const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** Decides about a route by the server's options and its own; `undefined` where it is closed. Throws `HTTP_CORS`. */
export function compileCors(server: CorsOptions | undefined, route: CorsRoute): RouteCors | undefined {
  const own = route.contract.cors;
  if (own === false || (server === undefined && own === undefined)) return undefined;
  const options: Partial<CorsOptions> = { ...server, ...own };
  if (options.origins === undefined) throw HTTP_ERRORS.CORS({ value: 'no `origins`', reason: 'nobody would be let in' });
  const origins = createOriginList(options as CorsOptions);
  const methods = namesOf('methods', options.methods);
  const expose = namesOf('expose', options.expose) ?? [];
  const headers = namesOf('headers', options.headers) ?? [];
  const maxAge = options.maxAge ?? 600;
  if (!Number.isSafeInteger(maxAge) || maxAge < 0)
    throw HTTP_ERRORS.CORS({ value: `maxAge ${JSON.stringify(maxAge)}`, reason: 'it is not a whole number of seconds' });
  if (methods !== undefined && !methods.some((method) => method.toUpperCase() === route.method)) return undefined;
  const credentials = options.credentials === true;
  const requestHeaders = [...new Set([...safelisted, ...declaredHeaders(route), ...headers.map((name) => name.toLowerCase())])];
  return {
    origins,
    credentials,
    declared: options.origins,
    answer: [
      ...(credentials ? ['Access-Control-Allow-Credentials', 'true'] : []),
      ...(expose.length > 0 ? ['Access-Control-Expose-Headers', expose.join(', ')] : []),
    ],
    preflight: [
      ...(credentials ? ['Access-Control-Allow-Credentials', 'true'] : []),
      'Access-Control-Allow-Methods',
      route.method === 'GET' ? 'GET, HEAD' : route.method,
      'Access-Control-Allow-Headers',
      requestHeaders.join(', '),
      'Access-Control-Max-Age',
      String(maxAge),
    ],
    requestHeaders: new Set(requestHeaders),
  };
}

/** The pages that may call a route, for people. */
export function describeCors({ declared, credentials }: RouteCors): string {
  const origins = typeof declared === 'function' ? 'by function' : declared.join(' ') || 'none';
  return credentials ? `${origins} +credentials` : origins;
}

/** Header names that the contract itself says are sent. */
function declaredHeaders({ contract, guarded }: CorsRoute): readonly string[] {
  const properties = (contract.headers as { readonly properties?: object } | undefined)?.properties;
  const declared = typeof properties === 'object' && properties !== null ? Object.keys(properties) : [];
  return [...declared.filter((name) => token.test(name)).map((name) => name.toLowerCase()), ...(guarded ? ['authorization'] : [])];
}

function namesOf(part: 'methods' | 'headers' | 'expose', names: readonly string[] | undefined): readonly string[] | undefined {
  for (const name of names ?? [])
    if (!token.test(name) || name === '*')
      throw HTTP_ERRORS.CORS({
        value: `${part}: ${JSON.stringify(name)}`,
        reason: name === '*' ? 'names are listed one by one' : 'it is not a name',
      });
  return names;
}
