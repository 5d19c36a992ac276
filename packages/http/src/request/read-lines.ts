import { AppError } from '@plinth/core';
import type { CompiledSchema } from '@plinth/validation';
import { HTTP_ERRORS } from '../errors.js';
import type { PlannedReader } from './body-plan.js';
import { BodyStream } from './body-stream.js';
import { parseJson } from './parse-json.js';

/** Bytes of one line, unless the route says otherwise. */
export const LINE_LIMIT = 64 * 1024;

/** Bytes of all lines together, unless the route says otherwise. */
const LINES_LIMIT = 25 * 1024 * 1024;

const NEWLINE = 0x0a;
const RETURN = 0x0d;

/**
 * The readers of newline-delimited JSON: the handler gets an async iterable of checked values and pulls them at its own speed; at most
 * one line and one chunk are in memory. Each line is strict JSON as a body is. Reading throws `HTTP_NDJSON` (400) for a line that is
 * not JSON, `HTTP_NDJSON_INVALID` (422) for one without the declared form, `HTTP_NDJSON_LINE` (413), and what `BodyStream` throws.
 */
export function lineReaders(schema: CompiledSchema<unknown>, lineLimit: number): readonly PlannedReader[] {
  return ['application/x-ndjson', 'application/ndjson'].map((mediaType) => ({
    mediaType,
    pattern: null,
    limit: LINES_LIMIT,
    read: null,
    open: (context, limit) => readValues(new BodyStream(context, limit), schema, lineLimit),
  }));
}

async function* readValues(body: BodyStream, schema: CompiledSchema<unknown>, limit: number): AsyncGenerator<unknown, void, undefined> {
  let line = 0;
  for await (const bytes of readLines(body, limit)) {
    line++;
    if (bytes.length > 0) yield await readValue(bytes, line, schema);
  }
}

async function readValue(bytes: Buffer, line: number, schema: CompiledSchema<unknown>): Promise<unknown> {
  const checked = await schema.check(parseLine(bytes, line));
  if (checked.issues === undefined) return checked.value;
  const issues = checked.issues.map((issue) => ({ in: 'body' as const, line, ...issue }));
  throw HTTP_ERRORS.NDJSON_INVALID({ line }, { issues, extensions: { line } });
}

function parseLine(bytes: Buffer, line: number): unknown {
  try {
    return parseJson(bytes);
  } catch (cause) {
    const reason = cause instanceof AppError ? cause.detail : 'it is not valid JSON';
    throw HTTP_ERRORS.NDJSON({ line, reason }, { cause, extensions: { line } });
  }
}

/** The lines of a body without their ends; empty ones too, so that lines can be counted. */
async function* readLines(body: BodyStream, limit: number): AsyncGenerator<Buffer, void, undefined> {
  let begun: Buffer[] = [];
  let size = 0;
  let line = 1;
  for await (const chunk of body) {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE, from); end !== -1; end = chunk.indexOf(NEWLINE, from)) {
      const last = chunk.subarray(from, end);
      if (size + last.length > limit) throw tooLong(line, limit);
      yield withoutReturn(begun.length === 0 ? last : Buffer.concat([...begun, last]));
      begun = [];
      size = 0;
      line++;
      from = end + 1;
    }
    const rest = chunk.subarray(from);
    if (rest.length === 0) continue;
    size += rest.length;
    if (size > limit) throw tooLong(line, limit);
    begun.push(rest);
  }
  if (size > 0) yield withoutReturn(Buffer.concat(begun));
}

function withoutReturn(line: Buffer): Buffer {
  return line.at(-1) === RETURN ? line.subarray(0, -1) : line;
}

function tooLong(line: number, limit: number): AppError {
  return HTTP_ERRORS.NDJSON_LINE({ line, limit }, { extensions: { line } });
}
