import { connect, type Socket } from 'node:net';

/** One answer as it stood on the wire. */
export interface WireAnswer {
  readonly status: number;
  /** Values by name in lower case; of repeated ones all, joined by a line feed. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What the bytes of a connection hold. */
export interface WireAnswers {
  /** Without the interim ones (1xx). */
  readonly answers: readonly WireAnswer[];
  readonly interim: readonly number[];
  /** What is left behind the last whole answer. */
  readonly rest: string;
  /** What no answer may look like. */
  readonly fault?: string;
}

/** Reads answers as strictly as a client may (RFC 9112). `withoutBody`: whether the answer with this number has a head only, as those to HEAD have. */
export function readAnswers(text: string, withoutBody: (index: number) => boolean = () => false): WireAnswers {
  const answers: WireAnswer[] = [];
  const interim: number[] = [];
  for (let from = 0; ;) {
    const end = text.indexOf('\r\n\r\n', from);
    if (end === -1) return { answers, interim, rest: text.slice(from) };
    const [line = '', ...lines] = text.slice(from, end).split('\r\n');
    const status = Number(/^HTTP\/1\.1 ([1-5]\d\d) [\x20-\x7e]*$/.exec(line)?.[1]);
    const headers = readHeaders(lines);
    if (Number.isNaN(status) || headers === undefined) return { answers, interim, rest: text.slice(from), fault: `no head: ${line}` };
    if (status < 200) {
      interim.push(status);
      from = end + 4;
      continue;
    }
    const body = readBody(text, end + 4, headers, status === 204 || status === 304 || withoutBody(answers.length));
    if (typeof body === 'string') return { answers, interim, rest: text.slice(from), fault: body };
    if (body === undefined) return { answers, interim, rest: text.slice(from) };
    answers.push({ status, headers, body: body.text });
    from = body.end;
  }
}

function readHeaders(lines: readonly string[]): Record<string, string> | undefined {
  const headers: Record<string, string> = {};
  for (const line of lines) {
    // eslint-disable-next-line no-control-regex
    const match = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+): ([^\u0000-\u0008\u000a-\u001f\u007f]*)$/.exec(line);
    if (match === null) return undefined;
    const name = (match[1] as string).toLowerCase();
    headers[name] = headers[name] === undefined ? (match[2] as string) : `${headers[name]}\n${match[2]}`;
  }
  return headers;
}

/** The body and where it ends; `undefined` while it is not whole, a text where its framing is wrong. */
function readBody(
  text: string,
  start: number,
  headers: Readonly<Record<string, string>>,
  without: boolean,
): { text: string; end: number } | string | undefined {
  if (without) return { text: '', end: start };
  const length = headers['content-length'];
  if (length !== undefined) {
    if (headers['transfer-encoding'] !== undefined || !/^\d+$/.test(length)) return `framing: ${length}`;
    const end = start + Number(length);
    return end > text.length ? undefined : { text: text.slice(start, end), end };
  }
  if (headers['transfer-encoding'] !== 'chunked') return `framing: ${headers['transfer-encoding']}`;
  let body = '';
  for (let from = start; ;) {
    const line = text.indexOf('\r\n', from);
    if (line === -1) return undefined;
    const size = /^[0-9a-f]+$/i.test(text.slice(from, line)) ? Number.parseInt(text.slice(from, line), 16) : -1;
    const end = line + 2 + size;
    if (size === -1) return 'chunk';
    if (end + 2 > text.length) return undefined;
    if (text.slice(end, end + 2) !== '\r\n') return 'chunk';
    if (size === 0) return { text: body, end: end + 2 };
    body += text.slice(line + 2, end);
    from = end + 2;
  }
}

/** What came of some bytes. */
export interface Exchange extends WireAnswers {
  /** `kept`: one more request on the same connection was answered as it should be. */
  readonly connection: 'kept' | 'closed';
  readonly text: string;
}

/** How bytes are sent. */
export interface ExchangeOptions {
  /** Answers that are waited for. */
  readonly answers?: number;
  readonly withoutBody?: (index: number) => boolean;
  /** Milliseconds between pieces. */
  readonly gap?: number;
  /** Milliseconds until it is given up. */
  readonly limit?: number;
}

const FOLLOW_UP = 'GET /ok HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';
/** Milliseconds in which a server that wants to closes, or answers once more. */
const GRACE = 25;

/** Sends pieces as they are, and asks for `/ok` behind the last answer, to see whether the connection can still be used. */
export function exchange(port: number, pieces: readonly (string | Buffer)[], options: ExchangeOptions = {}): Promise<Exchange> {
  const { answers: wanted = 1, withoutBody, gap = 0, limit = 4000 } = options;
  return new Promise((resolve) => {
    let text = '';
    let before: WireAnswers | undefined;
    const socket = connect(port, '127.0.0.1', () => void send(socket, pieces, gap));
    const end = (): void => {
      clearTimeout(timer);
      socket.destroy();
      const after = readAnswers(text, withoutBody);
      const found = before ?? after;
      const kept = before !== undefined && after.answers.length === before.answers.length + 1 && after.answers.at(-1)?.body === 'ok';
      // What came instead of the answer to the follow-up is an answer too many.
      resolve({ ...(kept ? found : after), connection: kept ? 'kept' : 'closed', text });
    };
    const timer = setTimeout(end, limit);
    const followUp = (): void => {
      if (before !== undefined || socket.destroyed) return;
      before = readAnswers(text, withoutBody);
      socket.write(FOLLOW_UP);
    };
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => {
      text += chunk;
      if (before === undefined && readAnswers(text, withoutBody).answers.length >= wanted) setTimeout(followUp, GRACE);
    });
    socket.on('error', () => {});
    socket.on('close', end);
  });
}

async function send(socket: Socket, pieces: readonly (string | Buffer)[], gap: number): Promise<void> {
  for (const piece of pieces) {
    if (socket.destroyed) return;
    socket.write(typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece);
    if (gap > 0) await new Promise((resolve) => setTimeout(resolve, gap));
  }
}
