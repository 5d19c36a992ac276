import type { AppError } from '@plinth/core';
import { HTTP_ERRORS } from '../errors.js';

/** Characters of a pointer that are shown: what is nested a hundred levels deep is not found by counting slashes. */
const SHOWN = 200;

/** The error for a reply that its schema could not write: where in it, and what is wrong there, in one sentence. */
export function replyBreach(route: string, status: number, cause: unknown, body: unknown): AppError {
  const [issue] = (cause as { issues?: readonly { pointer: string; message: string }[] } | undefined)?.issues ?? [];
  // Such an error says nothing beyond its issue: its stack is the writer's.
  if (issue !== undefined) return HTTP_ERRORS.REPLY({ route, reason: `status ${status}: ${describe(issue, body)}` });
  const reason = cause instanceof Error ? cause.message.replace(/\.$/, '') : String(cause);
  return HTTP_ERRORS.REPLY({ route, reason: `status ${status}: ${reason}` }, { cause });
}

function describe({ pointer, message }: { pointer: string; message: string }, body: unknown): string {
  const cycle = cycleIn(body, pointer);
  if (cycle !== undefined) return `${place(cycle)} contains itself`;
  return `${place(pointer)} ${message}`;
}

function place(pointer: string): string {
  if (pointer === '') return 'it';
  return pointer.length <= SHOWN ? pointer : `${pointer.slice(0, SHOWN)}…`;
}

/** The pointer of the first value on the way that is one of its own ancestors. */
function cycleIn(body: unknown, pointer: string): string | undefined {
  const ancestors = new Set<unknown>();
  let value = body;
  let way = '';
  for (const segment of pointer.split('/').slice(1)) {
    if (typeof value !== 'object' || value === null) return undefined;
    ancestors.add(value);
    try {
      value = (value as Record<string, unknown>)[segment.replaceAll('~1', '/').replaceAll('~0', '~')];
    } catch {
      return undefined;
    }
    way += `/${segment}`;
    if (ancestors.has(value)) return way;
  }
  return undefined;
}
