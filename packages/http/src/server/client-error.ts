import type { AppError } from '@plinth/core';
import { HTTP_ERRORS } from '../errors.js';
import type { FlatHeaders } from '../security-headers/security-headers.js';
import { STATUS_CODES } from 'node:http';
import type { RouteContext } from '../request/http-context.js';
import { errorText } from './error-text.js';
import { fail } from './fail.js';
import { finish } from './finish.js';
import type { TrackedSocket } from './tracked-socket.js';
import type { ServerState } from './server-state.js';

/** An error of Node's parser or of its timers. */
interface ParserError extends Error {
  readonly code?: string;
  readonly reason?: string;
  /** The bytes that were being parsed. */
  readonly rawPacket?: Buffer;
}

/**
 * Answers what the parser refused: in the same form as any other error, logged, and always the last thing on its connection.
 * No request gets two answers, and none overtakes another: what is under way is let finish, and what comes after the last answer of a
 * connection gets none, as its client would take it for the answer to something else.
 */
export function answerClientError(server: ServerState, thrown: ParserError, socket: TrackedSocket): void {
  if (thrown.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const last = socket.plinthRequest;
  if (thrown.code === 'HPE_INVALID_EOF_STATE' && last !== undefined && isCut(last)) return leave(server, last, socket);
  // The client has been told that nothing after that answer is served: not even a refusal, which it would take for another answer.
  if (socket.plinthEnding === true && last?.answered === true) return afterAnswers(socket, () => socket.destroySoon());
  const error = toHttpError(thrown, server);
  if (last === undefined) return refuseConnection(server, error, socket);
  // A complete request is not what the parser complains about; it is what came after it on the connection.
  const answerable = last.answered
    ? last.request.complete && !last.last && thrown.code !== 'HPE_CLOSED_CONNECTION'
    : !last.request.complete;
  last.last = true;
  if (!last.answered) {
    if (answerable) fail(last, error);
  } else if (answerable) refuseConnection(server, error, socket);
  else afterAnswers(socket, () => socket.destroySoon());
}

/** Whether a body is still to come. */
function isCut({ answered, request }: RouteContext): boolean {
  return !answered && !request.complete;
}

/**
 * The client has closed its side in the middle of a body. Most have gone, and its line says so, as where the connection breaks; one
 * that still reads is told.
 */
function leave(server: ServerState, last: RouteContext, socket: TrackedSocket): void {
  const error = HTTP_ERRORS.BODY_CUT();
  last.last = true;
  // Without a socket it stands behind others on this connection, whose answers are still wanted.
  if (last.response.socket === null) return fail(last, error);
  last.left = true;
  last.abort(new DOMException('The client has closed the connection.', 'AbortError'));
  last.answered = true;
  last.status = 499;
  finish(last, error.code);
  const { status, contentType, text } = errorText(server, error, last);
  socket.end(rawAnswer(status, contentType, text, server.security));
  socket.destroySoon();
}

/** Answers with an error where there is no response to write it to, once those before it are out, and ends the connection. */
export function refuseConnection(server: ServerState, error: AppError, socket: TrackedSocket, fields: readonly string[] = []): void {
  const { status, contentType, text } = errorText(server, error, undefined);
  log(server, error, status, socket);
  afterAnswers(socket, () => {
    socket.end(rawAnswer(status, contentType, text, [...fields, ...server.security]));
    socket.destroySoon();
  });
}

/** Runs once the answer to the last request is out, and with it those to all before it. */
function afterAnswers(socket: TrackedSocket, run: () => void): void {
  const response = socket.plinthRequest?.response;
  if (response === undefined || response.writableFinished || response.destroyed) run();
  else response.once('finish', run);
}

function toHttpError(thrown: ParserError, server: ServerState): AppError {
  const extras = { cause: thrown };
  switch (thrown.code) {
    case 'HPE_HEADER_OVERFLOW':
      return isUrlTooLong(thrown, server.limits.url)
        ? HTTP_ERRORS.URL_TOO_LONG({ limit: server.limits.url }, extras)
        : HTTP_ERRORS.HEADERS_TOO_LARGE({ limit: server.limits.headerBytes }, extras);
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return HTTP_ERRORS.REQUEST_TIMEOUT({}, extras);
    // The first line of an HTTP/2 connection.
    case 'HPE_PAUSED_H2_UPGRADE':
      return HTTP_ERRORS.VERSION({}, extras);
    case 'HPE_INVALID_VERSION':
      // The same code tells of a line that ends with a bare line feed: its version may be right.
      return thrown.reason === 'Invalid HTTP version'
        ? HTTP_ERRORS.VERSION({}, extras)
        : HTTP_ERRORS.SYNTAX({ reason: reasonOf(thrown) }, extras);
    default:
      return HTTP_ERRORS.SYNTAX({ reason: reasonOf(thrown) }, extras);
  }
}

/**
 * Whether the target alone is what overflows. Only the latest bytes are at hand: where the head came in several pieces, it is the
 * headers that are told to be too large.
 */
function isUrlTooLong({ rawPacket }: ParserError, limit: number): boolean {
  if (rawPacket === undefined) return false;
  const [, method, target] = /^([A-Z-]{3,20}) (\S*)/.exec(rawPacket.toString('latin1', 0, limit + 64)) ?? [];
  return method !== undefined && (target as string).length > limit;
}

// The parser's own words are constants ("Invalid header token"), never text of the client's.
function reasonOf({ reason, code }: ParserError): string {
  return reason !== undefined && /^[\w /.,'`-]{1,80}$/.test(reason)
    ? reason.charAt(0).toLowerCase() + reason.slice(1)
    : (code ?? 'unreadable');
}

function rawAnswer(status: number, contentType: string, text: string, own: FlatHeaders): string {
  const fields = ['Content-Type', contentType, 'Cache-Control', 'no-store', ...own, 'Content-Length', String(Buffer.byteLength(text))];
  let head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n`;
  for (let index = 0; index < fields.length; index += 2) head += `${fields[index]}: ${fields[index + 1]}\r\n`;
  return `${head}Date: ${new Date().toUTCString()}\r\nConnection: close\r\n\r\n${text}`;
}

function log(server: ServerState, error: AppError, status: number, socket: TrackedSocket): void {
  server.requestLog?.info({ status, code: error.code, ip: socket.remoteAddress }, 'request refused before it was read');
}
