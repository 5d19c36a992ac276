/**
 * The iterator of a source. That of a web stream is our own: the built-in one's `return()` waits for a read that is under way, so that
 * a source which is silent would never hear that its reader has gone. Throws if somebody else reads the stream.
 */
export function iteratorOf<T>(source: AsyncIterable<T> | ReadableStream<T>): AsyncIterator<T> {
  return source instanceof ReadableStream ? readStream(source) : source[Symbol.asyncIterator]();
}

function readStream<T>(stream: ReadableStream<T>): AsyncIterator<T> {
  const reader = stream.getReader();
  return {
    next: () => reader.read() as Promise<IteratorResult<T>>,
    return: async () => {
      await reader.cancel();
      return { done: true, value: undefined };
    },
  };
}
