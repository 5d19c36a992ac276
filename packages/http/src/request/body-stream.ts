import { HTTP_ERRORS } from '../errors.js';
import type { RouteContext } from './http-context.js';

/**
 * A body as it comes, at the speed of its reader. Reading throws `HTTP_BODY_TOO_LARGE` beyond `limit` bytes and `HTTP_BODY_CUT` where
 * the connection ends too early. Time spent waiting for the client is not counted against the handler's deadline, but against the time
 * that the route gives a body; then the request ends with 408.
 */
export class BodyStream implements AsyncIterable<Buffer> {
  readonly #context: RouteContext;
  readonly #limit: number;
  readonly #last: boolean;
  #begun = false;

  constructor(context: RouteContext, limit: number) {
    this.#context = context;
    this.#limit = limit;
    // Whoever leaves a body half read must not have its connection used again: the rest would be taken for a request.
    this.#last = context.last;
    context.last = true;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer, void, undefined> {
    if (this.#begun) throw HTTP_ERRORS.BODY_READ_TWICE();
    this.#begun = true;
    const context = this.#context;
    const { request } = context;
    const chunks = request.iterator({ destroyOnReturn: false });
    let size = 0;
    try {
      while (true) {
        const step = await this.#next(chunks);
        if (step.done === true) break;
        size += step.value.length;
        if (size > this.#limit) throw HTTP_ERRORS.BODY_TOO_LARGE({ limit: this.#limit });
        yield step.value;
      }
      if (!request.complete) throw HTTP_ERRORS.BODY_CUT();
      context.last = this.#last;
    } finally {
      // What is left passes by unread until the answer closes the connection.
      if (!request.complete && !request.destroyed) request.resume();
    }
  }

  async #next(chunks: AsyncIterator<Buffer>): Promise<IteratorResult<Buffer>> {
    const context = this.#context;
    const since = performance.now();
    const { expiresAt } = context;
    const until = Math.max(expiresAt, context.startedAt + (context.plan?.bodyTimeout ?? 0));
    if (expiresAt !== 0) {
      context.expiresAt = until;
      context.reading = true;
    }
    try {
      return await chunks.next();
    } catch (cause) {
      throw HTTP_ERRORS.BODY_CUT({}, { cause });
    } finally {
      // A request that has ended meanwhile stays ended.
      if (expiresAt !== 0 && context.expiresAt === until) context.expiresAt = expiresAt + performance.now() - since;
      context.reading = false;
    }
  }
}
