import { HTTP_ERRORS } from '../errors.js';

/** What the reading of a body is held to. */
export interface BodyLimits {
  readonly limit: number;
  readonly host: string;
  readonly signal: AbortSignal;
  readonly redirected: boolean;
  /** Called once, when the body is over, given up, or not there. */
  end(): void;
}

/** The answer with a body that counts its bytes and ends with the time of its request. */
export function countBody(answer: Response, url: URL, limits: BodyLimits): Response {
  const { status, statusText, headers, body } = answer;
  const bare = new Headers([...headers]);
  // A body that was decompressed is neither coded nor as long as announced.
  if (bare.has('content-encoding')) for (const name of ['content-encoding', 'content-length']) bare.delete(name);
  const isNull = body === null || status === 204 || status === 205 || status === 304;
  if (isNull) limits.end();
  const counted = new Response(isNull ? null : counting(body, limits), { status, statusText, headers: bare });
  // A Response made by hand has neither.
  Object.defineProperties(counted, { url: { value: url.href }, redirected: { value: limits.redirected } });
  return counted;
}

function counting(body: ReadableStream, { limit, host, signal, end }: BodyLimits): ReadableStream {
  const reader = body.getReader() as ReadableStreamDefaultReader<Uint8Array>;
  let bytes = 0;
  return new ReadableStream({
    type: 'bytes',
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (done) {
          end();
          controller.close();
          return controller.byobRequest?.respond(0);
        }
        bytes += value.byteLength;
        if (bytes > limit) throw HTTP_ERRORS.FETCH_TOO_LARGE({ host, limit });
        controller.enqueue(value as Uint8Array<ArrayBuffer>);
      } catch (error) {
        end();
        reader.cancel().catch(() => undefined);
        controller.error(signal.aborted ? signal.reason : bytes > limit ? error : HTTP_ERRORS.FETCH_FAILED({ host }, { cause: error }));
      }
    },
    async cancel(reason) {
      end();
      await reader.cancel(reason);
    },
  });
}
