import { lineWriterOf, type LineWriter, type LogLevel } from '@plinth/core';
import type { RouteContext } from '../request/http-context.js';
import type { RoutePlan } from '../route/route-plan.js';
import { traceOf } from '../trace/trace.js';

const NAMES = ['requestId', 'method', 'route', 'status', 'ms', 'bytes', 'traceId', 'spanId'] as const;

/** The writer of lines as text; `null` where the log is not the application's own, or hides what stands in each line. */
export function lineWriterFor(log: object): LineWriter | null {
  const writer = lineWriterOf(log);
  return writer !== undefined && NAMES.every((name) => writer.shows(name)) ? writer : null;
}

/**
 * Writes the line of a request that was answered by its route, as the object with these fields would be written. `false`, and nothing
 * written, where a value could need more care than to be put between quotes.
 */
export function writeLineText(context: RouteContext, plan: RoutePlan, level: Exclude<LogLevel, 'silent'>, ms: number): boolean {
  const writer = context.server.lineWriter;
  if (writer === null || context.method !== plan.method) return false;
  const start = (plan.lineStart ??= startOf(plan, writer));
  if (start === '') return false;
  // Ids are ours, or were read as hexadecimal digits.
  const { traceId, spanId } = traceOf(context);
  const { id, status, bytes } = context;
  const micros = Math.round(ms * 1000);
  const whole = Math.floor(micros / 1000);
  writer.write(
    level,
    `,"requestId":"${id}"${start}${status},"ms":${whole}${THOUSANDTHS[micros - whole * 1000]},"bytes":${bytes},"traceId":"${traceId}","spanId":"${spanId}"`,
    '"request"',
  );
  return true;
}

/** What follows the whole milliseconds, as numbers are written: a double takes as long to write as all the rest. */
const THOUSANDTHS: readonly string[] = Array.from({ length: 1000 }, (_, thousandths) => String(thousandths / 1000).slice(1));

/** What all lines of a route have in common; empty where secrets may have to be taken out of it. */
function startOf({ method, pattern }: RoutePlan, writer: LineWriter): string {
  const route = writer.textOf(pattern);
  const verb = writer.textOf(method);
  return route === undefined || verb === undefined ? '' : `,"method":${verb},"route":${route},"status":`;
}
