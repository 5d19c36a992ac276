import type { ServerResponse } from 'node:http';
import { loggable } from '../problem/loggable.js';
import { endsConnection } from '../reply/ends-connection.js';
import type { RouteContext } from '../request/http-context.js';
import { finish } from '../server/finish.js';

/**
 * Watches a response while code that is not ours holds it: what it begins to write counts as the answer, with its status, its bytes and its
 * line in the log, and gets the headers that every answer has. What comes when the server has answered already is dropped, since
 * Node would throw where nobody catches it.
 */
export class ForeignAnswer {
  /** The code began the answer. */
  begun = false;
  /** Whether its connection has been given back; `true` once everything was sent, or cut off. */
  readonly closed: Promise<void>;
  #released = false;

  constructor(private readonly context: RouteContext) {
    const { response } = context;
    this.closed = new Promise((resolve) => {
      response.once('close', () => {
        if (this.begun) finish(context, context.failure === undefined ? undefined : 'INTERNAL');
        resolve();
      });
    });
    this.#watch(response);
  }

  /** The server answers itself after all. */
  release(): void {
    this.#released = true;
  }

  /** Ends an answer that its maker failed to end: a client can tell a broken connection from a whole answer. */
  cut(cause: unknown): void {
    const { response, server, id, route } = this.context;
    if (response.writableEnded) server.logger.warn({ requestId: id, route, err: loggable(cause) }, 'failed after it had been answered');
    else {
      this.context.failure = cause;
      response.destroy();
    }
  }

  #watch(response: ServerResponse): void {
    const { writeHead, write, end, setHeader, appendHeader, removeHeader } = response;
    response.writeHead = (...args: unknown[]) => {
      if (this.#isLate()) return response;
      const begins = !this.#released && !this.context.answered;
      if (begins) this.#addHeaders();
      writeHead.apply(response, args as never);
      if (begins) this.#begin();
      return response;
    };
    response.write = (...args: unknown[]) => {
      if (this.#isLate() && response.writableEnded) return false;
      const going = write.apply(response, args as never);
      this.#count(args);
      return going;
    };
    response.end = (...args: unknown[]) => {
      if (this.#isLate() && response.writableEnded) return response;
      end.apply(response, args as never);
      if (typeof args[0] !== 'function') this.#count(args);
      return response;
    };
    response.setHeader = (name, value) => (this.#isLate() ? response : setHeader.call(response, name, value));
    response.appendHeader = (name, value) => (this.#isLate() ? response : appendHeader.call(response, name, value));
    response.removeHeader = (name) => (this.#isLate() ? undefined : removeHeader.call(response, name));
  }

  #isLate(): boolean {
    return !this.begun && this.context.answered && this.context.response.headersSent;
  }

  #begin(): void {
    const { context } = this;
    this.begun = true;
    context.answered = true;
    context.status = context.response.statusCode;
    // From here on the client sets the pace.
    context.expiresAt = 0;
  }

  /** What every answer has, and what features have asked for, unless the code has said otherwise. */
  #addHeaders(): void {
    const { context } = this;
    const { response, server, extraHeaders } = context;
    if (endsConnection(context)) response.shouldKeepAlive = false;
    for (let index = 0; index < server.security.length; index += 2) {
      const name = server.security[index] as string;
      if (!response.hasHeader(name)) response.setHeader(name, server.security[index + 1] as string);
    }
    // What a guard let through belongs to one caller.
    if ((context.plan?.guards ?? null) !== null && !response.hasHeader('cache-control')) response.setHeader('Cache-Control', 'no-store');
    if (server.requestIdHeader && !response.hasHeader('x-request-id')) response.setHeader('X-Request-Id', context.id);
    for (let index = 0; index < (extraHeaders?.length ?? 0); index += 2) {
      const name = extraHeaders![index] as string;
      if (/^(?:set-cookie|vary)$/i.test(name)) response.appendHeader(name, extraHeaders![index + 1] as string);
      else if (!response.hasHeader(name)) response.setHeader(name, extraHeaders![index + 1] as string);
    }
  }

  #count([chunk, encoding]: readonly unknown[]): void {
    if (!this.begun) return;
    if (typeof chunk === 'string')
      this.context.bytes += Buffer.byteLength(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8');
    else if (chunk instanceof Uint8Array) this.context.bytes += chunk.byteLength;
  }
}
