import type { AppError } from '@plinth/core';
import type { Checked, Issue } from '@plinth/validation';
import { HTTP_ERRORS } from '../errors.js';
import { isThenable } from '../guard/thenable.js';
import type { RequestIssue, RequestPart } from '../problem/problem-details.js';
import { inSendersWords } from '../problem/senders-words.js';
import type { RouteContext } from '../request/http-context.js';
import { readCookies } from '../request/parse-cookies.js';
import { emptyValues, parseQuery, type QueryNames } from '../request/parse-query.js';
import type { RoutePlan } from './route-plan.js';

/** Parameters that a query string may hold. */
const QUERY_PARAMETERS = 100;

/**
 * Checks every declared part of a request and puts the checked values in the context. All parts are checked before the request
 * is refused with `HTTP_INVALID`, which lists every issue. A promise only if a schema library gave one.
 */
export function runChecks(context: RouteContext, plan: RoutePlan): undefined | Promise<void> {
  let found: Findings | null = null;
  if (plan.params !== null) found = take(found, plan, 'params', context, plan.params.schema.check(context.params));
  if (plan.query !== null) found = take(found, plan, 'query', context, plan.query.schema.check(readQuery(context, plan.query.names)));
  if (plan.headers !== null)
    found = take(found, plan, 'headers', context, plan.headers.schema.check(pickHeaders(context, plan.headers.names)));
  if (plan.cookies !== null)
    found = take(
      found,
      plan,
      'cookies',
      context,
      plan.cookies.schema.check(readCookies(context.request.headers.cookie, plan.cookies.names.declared)),
    );
  if (plan.body !== null) found = take(found, plan, 'body', context, plan.body.schema.check(context.body));
  return found === null ? undefined : found.finish();
}

/** Puts a value that passed at once into the context; what did not pass, or not yet, is collected. */
function take(
  found: Findings | null,
  plan: RoutePlan,
  part: RequestPart,
  context: RouteContext,
  checked: Checked<unknown> | Promise<Checked<unknown>>,
): Findings | null {
  if (!isThenable(checked) && checked.issues === undefined) {
    put(context, part, checked.value);
    return found;
  }
  const findings = found ?? new Findings(plan);
  findings.take(part, context, checked);
  return findings;
}

class Findings {
  private issues: RequestIssue[] | null = null;
  private waiting: Promise<void>[] | null = null;

  constructor(private readonly plan: RoutePlan) {}

  take(part: RequestPart, context: RouteContext, checked: Checked<unknown> | Promise<Checked<unknown>>): void {
    if (isThenable(checked))
      (this.waiting ??= []).push(Promise.resolve(checked).then((result) => this.settle(part, context, result as Checked<unknown>)));
    else this.settle(part, context, checked);
  }

  finish(): undefined | Promise<void> {
    if (this.waiting !== null) return Promise.all(this.waiting).then(() => this.throwIfAny());
    this.throwIfAny();
    return undefined;
  }

  private settle(part: RequestPart, context: RouteContext, checked: Checked<unknown>): void {
    if (checked.issues === undefined) put(context, part, checked.value);
    else (this.issues ??= []).push(...checked.issues.map((issue) => ({ in: part, ...this.told(part, context, issue) })));
  }

  private told(part: RequestPart, context: RouteContext, issue: Issue): Issue {
    return part === 'body' && this.plan.body?.texts !== true ? issue : inSendersWords(issue, givenOf(part, context, this.plan));
  }

  private throwIfAny(): void {
    if (this.issues !== null) throw invalid(this.issues);
  }
}

/** A part as it arrived; read once more, for a refusal only. */
function givenOf(part: RequestPart, context: RouteContext, plan: RoutePlan): unknown {
  switch (part) {
    case 'params':
      return context.params;
    case 'query':
      return plan.query && readQuery(context, plan.query.names);
    case 'headers':
      return context.request.headers;
    case 'cookies':
      return plan.cookies && readCookies(context.request.headers.cookie, plan.cookies.names.declared);
    case 'body':
      return context.body;
  }
}

/** The error for a request with issues, in the order of the parts. */
function invalid(issues: readonly RequestIssue[]): AppError {
  const order: readonly RequestPart[] = ['params', 'query', 'headers', 'cookies', 'body'];
  const sorted = [...issues].sort((a, b) => order.indexOf(a.in) - order.indexOf(b.in));
  return HTTP_ERRORS.INVALID({ count: sorted.length === 1 ? '1 issue' : `${sorted.length} issues` }, { issues: sorted });
}

function put(context: RouteContext, part: RequestPart, value: unknown): void {
  switch (part) {
    case 'params':
      context.params = value;
      break;
    case 'query':
      context.query = value;
      break;
    case 'headers':
      context.checkedHeaders = value;
      break;
    case 'cookies':
      context.cookies = value;
      break;
    case 'body':
      context.body = value;
  }
}

/** The query of a request as the declared names see it. */
export function readQuery(context: RouteContext, names: QueryNames): unknown {
  return context.queryStart === -1 ? emptyValues() : parseQuery(context.url, context.queryStart, names, QUERY_PARAMETERS);
}

function pickHeaders(context: RouteContext, names: QueryNames): unknown {
  const values = emptyValues();
  const { headers } = context.request;
  for (const name of names.declared) {
    const value = headers[name];
    if (value !== undefined) values[name] = value;
  }
  return values;
}
