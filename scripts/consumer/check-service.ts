interface Reply {
  readonly status: number;
  readonly type: string;
  readonly body: unknown;
}

/** Uses the consumer's service as its callers would, and says what is not as its contracts promise. */
export async function checkService(url: string): Promise<readonly string[]> {
  const problems: string[] = [];
  const expect = (what: string, reply: Reply, status: number, part: unknown): void => {
    if (reply.status !== status || !holds(reply.body, part)) {
      problems.push(`${what}: expected ${status} ${JSON.stringify(part)}, got ${reply.status} ${JSON.stringify(reply.body)}`);
    }
  };
  const send = (method: string, path: string, options: { body?: string; key?: string } = {}) => request(url, method, path, options);

  expect('an empty list', await send('GET', '/notes'), 200, []);
  const refused = await send('POST', '/notes', { body: '{"title":"a"}' });
  expect('no key', refused, 401, { code: 'HTTP_NO_CREDENTIAL', status: 401 });
  if (!refused.type.startsWith('application/problem+json')) problems.push(`a refusal is sent as ${refused.type}`);
  expect('an empty object', await send('POST', '/notes', { key: 'good', body: '{}' }), 422, { code: 'HTTP_INVALID' });
  expect('malformed JSON', await send('POST', '/notes', { key: 'good', body: '{' }), 400, { status: 400 });
  const made = await send('POST', '/notes', { key: 'good', body: '{"title":"first"}' });
  expect('a new note', made, 201, { id: 1, title: 'first' });
  if (typeof made.body === 'object' && made.body !== null && 'owner' in made.body) problems.push('an undeclared property left the service');
  expect('the note', await send('GET', '/notes/1'), 200, { id: 1, title: 'first' });
  expect('another note', await send('GET', '/notes/2'), 404, { code: 'NOTE_NOT_FOUND' });
  expect('no number', await send('GET', '/notes/x'), 422, { code: 'HTTP_INVALID' });
  expect('nothing there', await send('GET', '/nothing'), 404, { code: 'HTTP_NO_ROUTE' });
  expect('ready', await send('GET', '/health/ready'), 200, {});
  expect('the API description', await send('GET', '/openapi.json'), 200, { info: { title: 'Notes' } });
  return problems;
}

async function request(url: string, method: string, path: string, { body, key }: { body?: string; key?: string }): Promise<Reply> {
  const response = await fetch(url + path, {
    method,
    signal: AbortSignal.timeout(5000),
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...(key === undefined ? {} : { 'x-key': key }) },
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.text();
  const type = response.headers.get('content-type') ?? '';
  return { status: response.status, type, body: type.includes('json') ? (JSON.parse(text) as unknown) : text };
}

function holds(actual: unknown, part: unknown): boolean {
  if (typeof part !== 'object' || part === null) return actual === part;
  if (typeof actual !== 'object' || actual === null) return false;
  if (Array.isArray(part)) return Array.isArray(actual) && actual.length === part.length;
  return Object.entries(part).every(([name, value]) => holds((actual as Record<string, unknown>)[name], value));
}
