import type { AppError } from '@plinth/core';
import { HTTP_ERRORS } from '../errors.js';
import type { FlatHeaders } from '../security-headers/security-headers.js';
import { STATUS_CODES } from 'node:http';
import { errorText } from './error-text.js';
import { fail } from './fail.js';
import type { TrackedSocket } from './tracked-socket.js';
import type { ServerState } from './server-state.js';

/** An error of Node's parser or of its timers. */
interface ParserError extends Error {
  readonly code?: string;
  readonly reason?: string;
}

/**
 * Answers what the parser refused: in the same form as any other error, logged, and always the last thing on its connection.
 * A connection never gets two answers: one that is under way is let finish.
 */
export function answerClientError(server: ServerState, thrown: ParserError, socket: TrackedSocket): void {
  if (thrown.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const error = toHttpError(thrown, server);
  const last = socket.plinthRequest;
  if (last !== undefined && !last.finished) {
    last.last = true;
    // A complete request is not what the parser complains about; it is what came after it on the connection.
    if (!last.request.complete && !last.answered) fail(last, error);
    return;
  }
  if (last?.last === true) return socket.destroySoon();
  refuseConnection(server, error, socket);
}

/** Answers with an error where there is no response to write it to, and ends the connection. */
export function refuseConnection(server: ServerState, error: AppError, socket: TrackedSocket, fields: readonly string[] = []): void {
  const { status, contentType, text } = errorText(server, error, undefined);
  log(server, error, status, socket);
  socket.end(rawAnswer(status, contentType, text, [...fields, ...server.security]));
  socket.destroySoon();
}

function toHttpError(thrown: ParserError, server: ServerState): AppError {
  const extras = { cause: thrown };
  switch (thrown.code) {
    case 'HPE_HEADER_OVERFLOW':
      return HTTP_ERRORS.HEADERS_TOO_LARGE({ limit: server.limits.headerBytes }, extras);
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return HTTP_ERRORS.REQUEST_TIMEOUT({}, extras);
    case 'HPE_INVALID_VERSION':
      // The same code tells of a line that ends with a bare line feed: its version may be right.
      return thrown.reason === 'Invalid HTTP version'
        ? HTTP_ERRORS.VERSION({}, extras)
        : HTTP_ERRORS.SYNTAX({ reason: reasonOf(thrown) }, extras);
    default:
      return HTTP_ERRORS.SYNTAX({ reason: reasonOf(thrown) }, extras);
  }
}

// The parser's own words are constants ("Invalid header token"), never text of the client's.
function reasonOf({ reason, code }: ParserError): string {
  const text = reason !== undefined && /^[\w /.,'`-]{1,80}$/.test(reason) ? reason : (code ?? 'unreadable');
  return text.charAt(0).toLowerCase() + text.slice(1);
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
