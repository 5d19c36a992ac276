import { AssertionError } from 'node:assert';
import { isDeepStrictEqual } from 'node:util';
import type { ProblemDetails } from '@plinth/http';

/** The part of a response that is looked at; what `client` and `inject` give has it. */
export interface ProblemResponse {
  readonly status: number;
  readonly headers: { readonly [name: string]: string | readonly string[] | number | undefined };
  text(): string;
}

/** What a problem should be; what is left out is not looked at. */
export interface ExpectedProblem {
  readonly status?: number;
  readonly code?: string;
  readonly detail?: string | RegExp;
  /** For each of these an issue must be there: its pointer and, if given, its rule and part. Further issues are allowed. */
  readonly issues?: readonly { readonly pointer: string; readonly rule?: string; readonly in?: string }[];
}

/**
 * Checks that a response is problem details (RFC 9457) and that status, code and the rest are as expected; gives the problem.
 * Throws an `AssertionError` that shows the whole body; works with every test runner.
 */
export function expectProblem(response: ProblemResponse, expected: ExpectedProblem = {}): ProblemDetails {
  const text = response.text();
  const fail = (message: string, actual: unknown, wanted: unknown): never => {
    throw new AssertionError({
      message: `${message}\n${response.status} ${text}`,
      actual,
      expected: wanted,
      operator: 'expectProblem',
      stackStartFn: expectProblem,
    });
  };
  const mediaType = String(response.headers['content-type'] ?? '');
  if (!/^application\/problem\+json(;|$)/.test(mediaType))
    fail(`Expected problem details, got the media type ${mediaType || '(none)'}.`, mediaType, 'application/problem+json');
  const problem = parse(text) ?? fail('Expected problem details, got a body that is not a JSON object.', text, '{...}');
  if (problem.status !== response.status)
    fail(`The problem says status ${problem.status}, the response has ${response.status}.`, problem.status, response.status);
  for (const name of ['status', 'code'] as const) {
    const wanted = expected[name];
    if (wanted !== undefined && problem[name] !== wanted)
      fail(`Expected a problem with ${name} ${wanted}, got ${String(problem[name])}.`, problem[name], wanted);
  }
  if (expected.detail !== undefined && !fits(problem.detail, expected.detail))
    fail(`Expected the detail ${String(expected.detail)}.`, problem.detail, expected.detail);
  for (const issue of expected.issues ?? []) {
    const found = (problem.issues ?? []).some((candidate) => includes(candidate, issue));
    if (!found) fail(`Expected the issue ${JSON.stringify(issue)}.`, problem.issues, issue);
  }
  return problem;
}

function parse(text: string): ProblemDetails | undefined {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as ProblemDetails) : undefined;
  } catch {
    return undefined;
  }
}

function fits(text: string | undefined, wanted: string | RegExp): boolean {
  return typeof wanted === 'string' ? text === wanted : wanted.test(text ?? '');
}

function includes(value: object, part: object): boolean {
  return Object.entries(part).every(([name, wanted]) => isDeepStrictEqual((value as { [name: string]: unknown })[name], wanted));
}
