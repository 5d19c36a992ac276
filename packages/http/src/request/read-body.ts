import type { IncomingMessage } from 'node:http';
import { HTTP_ERRORS } from '../errors.js';
import type { BodyPlan, PlannedReader } from './body-plan.js';
import { checkContentEncoding, readMediaType, wrongMediaType } from './content-type.js';
import type { RouteContext } from './http-context.js';

/**
 * Reads and parses the body of a request. Refuses by its headers first, so that an unwanted body is neither waited for nor
 * invited with `100 Continue`. Rejects with `HTTP_MEDIA_TYPE`, `HTTP_CONTENT_ENCODING`, `HTTP_BODY_TOO_LARGE`, `HTTP_BODY_MISSING`,
 * `HTTP_BODY_CUT` and what the format's reader throws.
 */
export function readBody(context: RouteContext, plan: BodyPlan): unknown {
  const { request } = context;
  const { headers } = request;
  const declared = headers['content-length'];
  if (declared === undefined ? headers['transfer-encoding'] === undefined : declared === '0')
    throw HTTP_ERRORS.BODY_MISSING({ expected: plan.expected });
  const mediaType = readMediaType(headers['content-type'], plan.expected);
  const reader = readerFor(mediaType, plan);
  checkContentEncoding(request);
  const limit = plan.limit ?? reader.limit;
  if (declared !== undefined && Number(declared) > limit) {
    context.last = true;
    throw HTTP_ERRORS.BODY_TOO_LARGE({ limit });
  }
  if (context.expectsContinue) {
    context.last = false;
    context.response.writeContinue();
  }
  if (reader.open !== null) return reader.open(context, limit, mediaType ?? UNTOLD);
  return new Promise((resolve, reject) => new BodyBuffer(context, reader, mediaType ?? UNTOLD, limit, resolve, reject).listen(request));
}

/** What a body without a Content-Type may be taken for (RFC 9110, 8.3), by a reader that takes anything. */
const UNTOLD = 'application/octet-stream';

function readerFor(mediaType: string | undefined, { readers, expected }: BodyPlan): PlannedReader {
  for (const reader of readers) {
    if (reader.pattern === null ? reader.mediaType === mediaType : reader.pattern.test(mediaType ?? '')) return reader;
    if (mediaType === undefined && reader.mediaType === '*/*' && reader.pattern?.test(UNTOLD) === true) return reader;
  }
  throw wrongMediaType(mediaType, expected);
}

/** Collects the chunks of one body. Most bodies are one chunk, which is then used as it is. */
class BodyBuffer {
  private first: Buffer | null = null;
  private rest: Buffer[] | null = null;
  private size = 0;
  private done = false;

  constructor(
    private readonly context: RouteContext,
    private readonly reader: PlannedReader,
    private readonly mediaType: string,
    private readonly limit: number,
    private readonly resolve: (value: unknown) => void,
    private readonly reject: (error: unknown) => void,
  ) {}

  listen(request: IncomingMessage): void {
    request.on('data', (chunk: Buffer) => this.take(chunk));
    request.on('end', () => this.end());
    // Also after an error, which Node raises only where somebody listens to it.
    request.on('close', () => this.cut());
  }

  private take(chunk: Buffer): void {
    if (this.done) return;
    this.size += chunk.length;
    if (this.size > this.limit) {
      this.context.last = true;
      this.fail(HTTP_ERRORS.BODY_TOO_LARGE({ limit: this.limit }));
    } else if (this.first === null) this.first = chunk;
    else (this.rest ??= [this.first]).push(chunk);
  }

  private end(): void {
    if (this.done) return;
    this.done = true;
    try {
      const bytes = this.rest === null ? (this.first ?? Buffer.alloc(0)) : Buffer.concat(this.rest, this.size);
      this.resolve((this.reader.read as NonNullable<PlannedReader['read']>)(bytes, this.mediaType));
    } catch (error) {
      this.reject(error);
    }
  }

  private cut(): void {
    if (!this.done) this.fail(HTTP_ERRORS.BODY_CUT());
  }

  private fail(error: Error): void {
    if (this.done) return;
    this.done = true;
    this.reject(error);
  }
}
