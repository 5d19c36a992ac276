import { toProblem, type Problem } from '@plinth/core';
import type { Contract, RouteLimits } from '../contract/contract.js';
import { checkOptions } from './check-options.js';
import { COMPRESS_RULES, CORS_RULES, ETAG_RULE, UNKNOWN_RULE } from './http-option-rules.js';
import { ANY, atLeast, FLAG, MILLISECONDS, object, oneOf } from './option-rules.js';
import { SECURITY_HEADER_RULES } from './security-header-rules.js';

const limits = object<RouteLimits>({ body: atLeast(0), line: atLeast(1), bodyTimeout: MILLISECONDS, timeout: MILLISECONDS });

const rules = object<Contract>({
  params: ANY,
  query: ANY,
  headers: ANY,
  cookies: ANY,
  body: ANY,
  accepts: ANY,
  returns: ANY,
  open: FLAG,
  around: ANY,
  unknown: UNKNOWN_RULE,
  limits,
  priority: oneOf(['low', 'normal', 'high']),
  securityHeaders: SECURITY_HEADER_RULES,
  cors: CORS_RULES,
  csrf: oneOf([false]),
  rateLimit: ANY,
  cache: ANY,
  etag: ETAG_RULE,
  compress: COMPRESS_RULES,
  negotiate: FLAG,
  errors: ANY,
  summary: ANY,
  description: ANY,
  tags: ANY,
  operationId: ANY,
  deprecated: ANY,
  version: ANY,
  hidden: FLAG,
  examples: ANY,
  context: FLAG,
});

/** What is wrong with the keys and plain values of a contract: `HTTP_OPTION` and `HTTP_LIMIT`. `route` and `where` name it. */
export function checkContractOptions(contract: Contract, route: string, where: string): readonly Problem[] {
  const errors = checkOptions(contract, rules, route);
  return errors.length === 0 ? NONE : errors.map((error) => toProblem(error, where));
}

const NONE: readonly Problem[] = [];
