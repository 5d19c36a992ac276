/**
 * pino's `timestamp` option: the time in UTC as RFC 3339 says it, with milliseconds. The text of a second is made once, since
 * `Date.toISOString` is among the dearest parts of a line.
 */
export function createIsoTime(now: () => number): () => string {
  let second = NaN;
  let text = '';
  return () => {
    const time = now();
    const current = Math.floor(time / 1000);
    if (current !== second) {
      second = current;
      text = `,"time":"${new Date(current * 1000).toISOString().slice(0, 20)}`;
    }
    const ms = Math.floor(time - current * 1000);
    return `${text}${ms < 10 ? '00' : ms < 100 ? '0' : ''}${ms}Z"`;
  };
}
