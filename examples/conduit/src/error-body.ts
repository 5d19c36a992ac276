import type { AppError } from '@plinth/core';
import type { ProblemDetails, RequestIssue } from '@plinth/http';

/** The specification's error body: sentences by the name of the field, or of the thing, that they are about. */
export interface ConduitErrors {
  readonly errors: Readonly<Record<string, readonly string[]>>;
}

// What the specification says for errors of the framework.
const sentences: Readonly<Record<string, ConduitErrors['errors']>> = {
  HTTP_NO_CREDENTIAL: { token: ['is missing'] },
  AUTH_TOKEN_INVALID: { token: ['is invalid'] },
  AUTH_TOKEN_EXPIRED: { token: ['has expired'] },
  AUTH_CREDENTIALS: { credentials: ['invalid'] },
};

/** Every error answer of Conduit, in the form that its specification asks for instead of problem details. */
export function errorBody(problem: ProblemDetails, error: AppError): { body: ConduitErrors; contentType: string } {
  return { body: { errors: errorsOf(problem, error) }, contentType: 'application/json; charset=utf-8' };
}

function errorsOf(problem: ProblemDetails, error: AppError): ConduitErrors['errors'] {
  const own = error.extensions?.['errors'] as ConduitErrors['errors'] | undefined;
  if (own) return own;
  const known = sentences[problem.code];
  if (known) return known;
  if (problem.code === 'HTTP_INVALID' && problem.issues) return fieldsOf(problem.issues as readonly RequestIssue[]);
  if (problem.status === 422 && problem.code.startsWith('AUTH_PASSWORD_')) return { password: [problem.detail ?? problem.title] };
  return { [problem.status < 500 ? 'request' : 'server']: [problem.detail ?? problem.title] };
}

function fieldsOf(issues: readonly RequestIssue[]): ConduitErrors['errors'] {
  const fields: Record<string, string[]> = {};
  for (const issue of issues) {
    const sentence = sentenceOf(issue);
    const list = (fields[fieldOf(issue)] ??= []);
    if (!list.includes(sentence)) list.push(sentence);
  }
  return fields;
}

// "/user/email" is the field email: bodies wrap everything in one object. "/article/tagList/0" is about tagList.
function fieldOf({ in: part, pointer }: RequestIssue): string {
  const keys = pointer.split('/').slice(1);
  const field = part === 'body' ? (keys[1] ?? keys[0]) : keys[0];
  return field ?? part;
}

// Missing, null, empty and only blanks are one thing to somebody who fills in a form. A user name's pattern says more than "not blank".
function sentenceOf(issue: RequestIssue): string {
  const empty =
    issue.rule === 'required' ||
    (issue.rule === 'pattern' && fieldOf(issue) !== 'username') ||
    (issue.rule === 'minLength' && limitOf(issue) === 1) ||
    / null\b/.test(issue.message);
  if (empty) return "can't be blank";
  return issue.rule === 'pattern' ? 'is invalid' : issue.message;
}

function limitOf({ params }: RequestIssue): unknown {
  return (params as { readonly limit?: unknown } | undefined)?.limit;
}
