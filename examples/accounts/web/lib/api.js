/** Where the routes of the account are: `ACCOUNT_PATH` of src/accounts.config.ts. */
const ACCOUNT = '/api/account';

/** An answer that says no, as problem details (RFC 9457). */
export class ApiError extends Error {
  constructor(problem, retryAfter) {
    super(problem.detail ?? problem.title ?? 'Something went wrong.');
    this.name = 'ApiError';
    this.status = problem.status;
    this.code = problem.code ?? '';
    this.problem = problem;
    this.issues = problem.issues ?? [];
    this.retryAfter = retryAfter;
  }
}

/** Asked for when an answer wants a recent proof of who the user is: resolves to whether it was given. The step-up dialog sets it. */
let proveAgain = async () => false;
export function onStepUpNeeded(prove) {
  proveAgain = prove;
}

/** Told when the session is over, or waits for its second factor. */
let onSession = () => undefined;
export function onSessionRefused(listener) {
  onSession = listener;
}

/** A request of JSON. Where a recent proof is needed it asks for it, and sends the request again. Rejects with an `ApiError`. */
export async function request(method, path, body) {
  try {
    return await send(method, path, body);
  } catch (error) {
    if (ends.has(error.code)) onSession(error);
    if (!proofs.has(error.code)) throw error;
    if (!(await proveAgain(error.problem))) throw new ApiError({ code: 'CANCELLED', detail: 'Nothing was changed.' });
    return send(method, path, body);
  }
}

/** A request below the path of the account. */
export function account(method, path = '', body = undefined) {
  return request(method, ACCOUNT + path, body);
}

const proofs = new Set(['AUTH_STEP_UP_NEEDED', 'AUTH_MFA_NEEDED']);
const ends = new Set([
  'AUTH_SESSION_ENDED',
  'HTTP_NO_CREDENTIAL',
  'AUTH_SESSION_COOKIE',
  'AUTH_SECOND_FACTOR_NEEDED',
  'AUTH_SECOND_STEP_TRIES',
]);

async function send(method, path, body) {
  let response;
  try {
    response = await fetch(path, {
      method,
      credentials: 'same-origin',
      cache: 'no-store',
      headers: { accept: 'application/json', ...(body !== undefined && { 'content-type': 'application/json' }) },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw new ApiError({ code: 'OFFLINE', detail: 'The server cannot be reached. Check your connection, and try again.' });
  }
  const isJson = (response.headers.get('content-type') ?? '').includes('json');
  const answer = isJson ? await response.json() : undefined;
  if (response.ok) return answer;
  const retryAfter = Number(response.headers.get('retry-after')) || undefined;
  throw new ApiError(answer ?? { status: response.status, title: `The server answered ${response.status}.` }, retryAfter);
}
