/** Bytes that a hostile, broken or ambiguous client sends, and what must come back. */
export interface Probe {
  readonly id: string;
  readonly bytes: string | Buffer;
  readonly status: number;
  /** The code of the problem; absent for probes that are to be accepted. */
  readonly code?: string;
  /** Whether the connection stays usable after the answer. */
  readonly connection: 'kept' | 'closed';
}

const HOST = 'Host: localhost\r\n';

const get = (target: string, headers = HOST, version = 'HTTP/1.1') => `GET ${target} ${version}\r\n${headers}\r\n`;
const path = (id: string, target: string): Probe => ({
  id: `path: ${id}`,
  bytes: get(target),
  status: 400,
  code: 'HTTP_PATH',
  connection: 'kept',
});
const host = (id: string, headers: string, status = 400, code = 'HTTP_HOST'): Probe => ({
  id: `host: ${id}`,
  bytes: get('/ok', headers),
  status,
  code,
  connection: 'closed',
});

const post = (body: string | Buffer, headers = 'Content-Type: application/json\r\n', target = '/echo') => {
  const bytes = Buffer.from(body);
  return Buffer.concat([Buffer.from(`POST ${target} HTTP/1.1\r\n${HOST}${headers}Content-Length: ${bytes.length}\r\n\r\n`), bytes]);
};
const json = (id: string, body: string | Buffer, code: string): Probe => ({
  id: `json: ${id}`,
  bytes: post(body),
  status: 400,
  code,
  connection: 'kept',
});
const type = (id: string, contentType: string): Probe => ({
  id: `content type: ${id}`,
  bytes: post('{"a":"b"}', `Content-Type: ${contentType}\r\n`),
  status: 415,
  code: 'HTTP_MEDIA_TYPE',
  connection: 'kept',
});
const framing = (id: string, headers: string, body: string, status: number, code: string): Probe => ({
  id: `framing: ${id}`,
  bytes: `POST /echo HTTP/1.1\r\n${HOST}Content-Type: application/json\r\n${headers}\r\n${body}`,
  status,
  code,
  connection: 'closed',
});

/** One table: what is added here is sent by `hostile-requests.test.ts`. The server has `GET /ok`, `POST /echo` (limit 1,000 bytes), `GET /items/:id`, `GET /admin` (guarded). */
export const PROBES: readonly Probe[] = [
  // Accepted, so that the table can't pass by refusing everything.
  { id: 'a plain GET', bytes: get('/ok'), status: 200, connection: 'kept' },
  { id: 'a plain POST', bytes: post('{"a":"b"}'), status: 200, connection: 'kept' },
  {
    id: 'a chunked POST',
    bytes: `POST /echo HTTP/1.1\r\n${HOST}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{"a":"b"}\r\n0\r\n\r\n`,
    status: 200,
    connection: 'kept',
  },
  {
    id: 'chunked in another case',
    bytes: `POST /echo HTTP/1.1\r\n${HOST}Content-Type: application/json\r\nTransfer-Encoding: ChuNked\r\n\r\n9\r\n{"a":"b"}\r\n0\r\n\r\n`,
    status: 200,
    connection: 'kept',
  },
  { id: 'the absolute form with its own host', bytes: get('http://localhost/ok'), status: 200, connection: 'kept' },
  {
    id: 'a charset in another case',
    bytes: post('{"a":"b"}', 'Content-Type: Application/JSON; Charset=UTF-8\r\n'),
    status: 200,
    connection: 'kept',
  },
  { id: 'an encoded letter', bytes: get('/%6fk'), status: 200, connection: 'kept' },

  // Request line.
  { id: 'request line: HTTP/0.9', bytes: get('/ok', HOST, 'HTTP/0.9'), status: 505, code: 'HTTP_VERSION', connection: 'closed' },
  { id: 'request line: HTTP/2.0', bytes: get('/ok', HOST, 'HTTP/2.0'), status: 505, code: 'HTTP_VERSION', connection: 'closed' },
  { id: 'request line: HTTP/1.2', bytes: get('/ok', HOST, 'HTTP/1.2'), status: 505, code: 'HTTP_VERSION', connection: 'closed' },
  { id: 'request line: no version', bytes: 'GET /ok\r\n\r\n', status: 505, code: 'HTTP_VERSION', connection: 'closed' },
  {
    id: 'request line: an unknown method',
    bytes: `HACK /ok HTTP/1.1\r\n${HOST}\r\n`,
    status: 400,
    code: 'HTTP_SYNTAX',
    connection: 'closed',
  },
  { id: 'request line: TRACE', bytes: `TRACE /ok HTTP/1.1\r\n${HOST}\r\n`, status: 405, code: 'HTTP_METHOD', connection: 'kept' },
  {
    id: 'request line: a method that is not declared',
    bytes: `DELETE /ok HTTP/1.1\r\n${HOST}\r\n`,
    status: 405,
    code: 'HTTP_METHOD',
    connection: 'kept',
  },
  {
    id: 'request line: an override header',
    bytes: `POST /ok HTTP/1.1\r\n${HOST}X-HTTP-Method-Override: GET\r\nContent-Length: 0\r\n\r\n`,
    status: 405,
    code: 'HTTP_METHOD',
    connection: 'kept',
  },
  {
    id: 'request line: the absolute form of another host',
    bytes: get('http://evil.example/ok'),
    status: 400,
    code: 'HTTP_HOST',
    connection: 'closed',
  },
  {
    id: 'request line: a target of 9,000 characters',
    bytes: get(`/ok?${'a'.repeat(9000)}`),
    status: 414,
    code: 'HTTP_URL_TOO_LONG',
    connection: 'closed',
  },
  {
    id: 'request line: a parameter of 2,000 characters',
    bytes: get(`/items/${'a'.repeat(2000)}`),
    status: 414,
    code: 'HTTP_PARAM_TOO_LONG',
    connection: 'kept',
  },
  {
    id: 'request line: lines that end with a bare line feed',
    bytes: 'GET /ok HTTP/1.1\nHost: localhost\n\n',
    status: 400,
    code: 'HTTP_SYNTAX',
    connection: 'closed',
  },
  { id: 'request line: OPTIONS of the whole server', bytes: `OPTIONS * HTTP/1.1\r\n${HOST}\r\n`, status: 204, connection: 'kept' },
  {
    id: 'request line: CONNECT',
    bytes: `CONNECT localhost:80 HTTP/1.1\r\n${HOST}\r\n`,
    status: 405,
    code: 'HTTP_METHOD',
    connection: 'closed',
  },
  {
    id: 'request line: bytes of a TLS hello',
    bytes: Buffer.from('16030100c8010000c40303', 'hex'),
    status: 400,
    code: 'HTTP_SYNTAX',
    connection: 'closed',
  },

  // Host.
  host('none', 'X: y\r\n'),
  host('two', `${HOST}Host: localhost\r\n`),
  host('empty', 'Host: \r\n'),
  host('a path in it', 'Host: localhost/x?\r\n'),
  host('user information', 'Host: evil:fake@localhost\r\n'),
  host('a blank', 'Host: local host\r\n'),
  host('a port that is none', 'Host: localhost:99999\r\n'),
  host('two in one', 'Host: localhost, evil.example\r\n'),
  { id: 'host: with the dot of the root', bytes: get('/ok', 'Host: localhost.\r\n'), status: 200, connection: 'kept' },
  host('another one', 'Host: evil.example\r\n', 421, 'HTTP_HOST_NOT_SERVED'),
  host('a suffix of an allowed one', 'Host: xlocalhost\r\n', 421, 'HTTP_HOST_NOT_SERVED'),
  host('none in HTTP/1.0', '\r\n'.slice(2)),

  // Headers.
  {
    id: 'headers: 101 of them',
    bytes: get('/ok', HOST + 'X: y\r\n'.repeat(100)),
    status: 431,
    code: 'HTTP_TOO_MANY_HEADERS',
    connection: 'closed',
  },
  {
    id: 'headers: 20 KB',
    bytes: get('/ok', `${HOST}X: ${'y'.repeat(20_000)}\r\n`),
    status: 431,
    code: 'HTTP_HEADERS_TOO_LARGE',
    connection: 'closed',
  },
  {
    id: 'headers: a line break in a name',
    bytes: `GET /ok HTTP/1.1\r\n${HOST}X\n: y\r\n\r\n`,
    status: 400,
    code: 'HTTP_SYNTAX',
    connection: 'closed',
  },
  {
    id: 'headers: a blank before the colon',
    bytes: `POST /echo HTTP/1.1\r\n${HOST}Content-Length : 5\r\n\r\nhello`,
    status: 400,
    code: 'HTTP_SYNTAX',
    connection: 'closed',
  },
  {
    id: 'headers: a folded one',
    bytes: `GET /ok HTTP/1.1\r\n${HOST}X: a\r\n b\r\n\r\n`,
    status: 400,
    code: 'HTTP_SYNTAX',
    connection: 'closed',
  },
  {
    id: 'headers: NUL in a value',
    bytes: `GET /ok HTTP/1.1\r\n${HOST}X: a\0b\r\n\r\n`,
    status: 400,
    code: 'HTTP_SYNTAX',
    connection: 'closed',
  },
  { id: 'headers: __proto__ as a name', bytes: get('/ok', `${HOST}__proto__: x\r\n`), status: 200, connection: 'kept' },
  {
    id: 'headers: an unknown expectation',
    bytes: `POST /echo HTTP/1.1\r\n${HOST}Expect: miracles\r\nContent-Length: 2\r\n\r\n{}`,
    status: 417,
    code: 'HTTP_EXPECTATION',
    connection: 'closed',
  },

  // Framing.
  framing('content-length and chunked', 'Content-Length: 4\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n', 400, 'HTTP_SYNTAX'),
  framing('two content-lengths', 'Content-Length: 4\r\nContent-Length: 5\r\n', 'hello', 400, 'HTTP_SYNTAX'),
  framing('a negative content-length', 'Content-Length: -1\r\n', '', 400, 'HTTP_SYNTAX'),
  framing('a content-length with a plus', 'Content-Length: +9\r\n', '{"a":"b"}', 400, 'HTTP_SYNTAX'),
  framing('gzip, chunked', 'Transfer-Encoding: gzip, chunked\r\n', '0\r\n\r\n', 501, 'HTTP_TRANSFER_ENCODING'),
  framing('identity', 'Transfer-Encoding: identity\r\n', '', 501, 'HTTP_TRANSFER_ENCODING'),
  framing('chunked twice', 'Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n', 400, 'HTTP_SYNTAX'),
  framing('a chunk size that is no number', 'Transfer-Encoding: chunked\r\n', 'xyz\r\n\r\n', 400, 'HTTP_SYNTAX'),
  framing('too long by its header', 'Content-Length: 100000\r\n', '', 413, 'HTTP_BODY_TOO_LARGE'),
  framing('too long by its chunks', 'Transfer-Encoding: chunked\r\n', `7d0\r\n${'a'.repeat(2000)}\r\n`, 413, 'HTTP_BODY_TOO_LARGE'),
  framing('too long, and a question before sending', 'Expect: 100-continue\r\nContent-Length: 100000\r\n', '', 413, 'HTTP_BODY_TOO_LARGE'),

  // Path.
  path('a double slash', '/ok//'),
  path('a double slash at the start', '//ok'),
  path('a dot segment', '/x/../ok'),
  path('a single dot', '/./ok'),
  path('encoded dots', '/x/%2e%2e/ok'),
  path('a half-encoded dot segment', '/x/.%2E/ok'),
  path('a semicolon', '/ok;x=y'),
  path('a backslash', '/ok\\x'),
  path('an encoded backslash', '/ok%5cx'),
  path('an encoded slash', '/items%2F1'),
  path('NUL', '/items/%00'),
  path('a double encoding', '/items/%252e'),
  path('an encoded line break', '/items/%0d%0aX'),
  path('invalid UTF-8', '/items/%ff'),
  path('an overlong encoding', '/items/%c0%af'),
  path('half an escape', '/items/%4'),
  path('a line separator', '/items/%e2%80%a8'),
  path('the fragment', '/ok#x'),
  path('braces', '/{ok}'),
  { id: 'path: another letter case', bytes: get('/OK'), status: 404, code: 'HTTP_NO_ROUTE', connection: 'kept' },
  { id: 'path: a slash at the end', bytes: get('/ok/'), status: 404, code: 'HTTP_NO_ROUTE', connection: 'kept' },
  { id: 'path: the asterisk of OPTIONS for GET', bytes: get('*'), status: 400, code: 'HTTP_PATH', connection: 'kept' },

  // Guards can't be walked around.
  { id: 'guard: the path itself', bytes: get('/admin'), status: 401, code: 'HTTP_NO_CREDENTIAL', connection: 'kept' },
  { id: 'guard: an encoded letter', bytes: get('/%61dmin'), status: 401, code: 'HTTP_NO_CREDENTIAL', connection: 'kept' },
  { id: 'guard: HEAD', bytes: `HEAD /admin HTTP/1.1\r\n${HOST}\r\n`, status: 401, connection: 'kept' },
  { id: 'guard: a rewriting header', bytes: get('/ok', `${HOST}X-Original-URL: /admin\r\n`), status: 200, connection: 'kept' },

  // Query.
  { id: 'query: invalid UTF-8', bytes: get('/search?q=%ff'), status: 400, code: 'HTTP_QUERY', connection: 'kept' },
  { id: 'query: NUL', bytes: get('/search?q=%00'), status: 400, code: 'HTTP_QUERY', connection: 'kept' },
  { id: 'query: 101 parameters', bytes: get(`/search?${'a=1&'.repeat(101)}`), status: 400, code: 'HTTP_QUERY_LIMIT', connection: 'kept' },
  { id: 'query: a scalar twice', bytes: get('/search?q=a&q=b'), status: 422, code: 'HTTP_INVALID', connection: 'kept' },
  { id: 'query: brackets', bytes: get('/search?q[$ne]=a'), status: 422, code: 'HTTP_INVALID', connection: 'kept' },
  { id: 'query: __proto__', bytes: get('/search?__proto__=a'), status: 422, code: 'HTTP_INVALID', connection: 'kept' },

  // Content type.
  type('text/plain', 'text/plain'),
  type('a tab and more', 'application/json\ta'),
  type('garbage after it', 'application/json garbage'),
  type('a second value', 'application/json, text/plain'),
  type('another charset', 'application/json; charset=latin1'),
  type('a charset and more', 'application/json; charset=utf-8; x=y'),
  type('an empty parameter', 'application/json;'),
  type('nothing but a slash', '/'),
  {
    id: 'content type: two of them',
    bytes: post('{"a":"b"}', 'Content-Type: application/json\r\nContent-type: text/plain\r\n'),
    status: 400,
    code: 'HTTP_SYNTAX',
    connection: 'closed',
  },
  {
    id: 'content type: the same twice',
    bytes: post('{"a":"b"}', 'Content-Type: application/json\r\nContent-Type: application/json\r\n'),
    status: 400,
    code: 'HTTP_SYNTAX',
    connection: 'closed',
  },
  { id: 'content type: none', bytes: post('{"a":"b"}', ''), status: 415, code: 'HTTP_MEDIA_TYPE', connection: 'kept' },
  {
    id: 'content type: compressed',
    bytes: post('{"a":"b"}', 'Content-Type: application/json\r\nContent-Encoding: gzip\r\n'),
    status: 415,
    code: 'HTTP_CONTENT_ENCODING',
    connection: 'kept',
  },
  { id: 'body: none', bytes: post('', 'Content-Type: application/json\r\n'), status: 400, code: 'HTTP_BODY_MISSING', connection: 'kept' },

  // JSON.
  json('cut short', '{"a":', 'HTTP_JSON'),
  json('50,000 deep', '['.repeat(900), 'HTTP_JSON_DEPTH'),
  json('a key twice', '{"a":"b","a":"c"}', 'HTTP_JSON_DUPLICATE_KEY'),
  json('__proto__', '{"__proto__":{"x":1}}', 'HTTP_JSON_FORBIDDEN_KEY'),
  json('constructor', '{"constructor":{"prototype":1}}', 'HTTP_JSON_FORBIDDEN_KEY'),
  json('an unsafe integer', '{"a":12345678901234567890}', 'HTTP_JSON_NUMBER'),
  json('an unsafe integer with a fraction', '{"a":123456789012345678.5}', 'HTTP_JSON_NUMBER'),
  json('an unsafe integer with an exponent', '{"a":1.0e20}', 'HTTP_JSON_NUMBER'),
  json('Infinity', '{"a":1e999}', 'HTTP_JSON_NUMBER'),
  json('NaN', '{"a":NaN}', 'HTTP_JSON'),
  json('U+0000', '{"a":"\\u0000"}', 'HTTP_JSON_TEXT'),
  json('a lone surrogate', '{"a":"\\ud800"}', 'HTTP_JSON_TEXT'),
  json('invalid UTF-8', Buffer.from([0x22, 0xff, 0x22]), 'HTTP_TEXT_ENCODING'),
  json('UTF-16', Buffer.from('{"a":"b"}', 'utf16le'), 'HTTP_JSON'),
  { id: 'json: a number where a text belongs', bytes: post('{"a":1}'), status: 422, code: 'HTTP_INVALID', connection: 'kept' },
  { id: 'json: an unknown field', bytes: post('{"a":"b","admin":true}'), status: 422, code: 'HTTP_INVALID', connection: 'kept' },
];
