import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Gives `file:line` when asked; the stack is read only then, since most places are never shown. */
export type Place = () => string | undefined;

/** Where the caller of `callee` stands. Costs a microsecond: one frame is kept, and formatted when the place is asked for. */
export function callPlace(callee: Function): Place {
  const holder: { stack?: string } = {};
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 1;
  Error.captureStackTrace(holder, callee);
  Error.stackTraceLimit = limit;
  return () => placeIn(holder.stack);
}

function placeIn(stack: string | undefined): string | undefined {
  const frame = stack?.split('\n')[1];
  const match = frame?.match(/\(?((?:file:\/\/)?[^\s()]+?)(?:\?[^:]*)?:(\d+):\d+\)?$/);
  if (match === null || match === undefined) return undefined;
  const [, file, line] = match;
  return `${shorten(file!)}:${line}`;
}

// Of ten thousand routes many stand in one file, and paths are slow to compare.
function shorten(url: string): string {
  let short = shortened.get(url);
  if (short === undefined) {
    short = relativeTo(url.startsWith('file:') ? fileURLToPath(url) : url);
    if (shortened.size < 10_000) shortened.set(url, short);
  }
  return short;
}

const shortened = new Map<string, string>();

function relativeTo(file: string): string {
  const fromHere = relative(process.cwd(), file);
  return fromHere.startsWith('..') ? file : fromHere;
}
