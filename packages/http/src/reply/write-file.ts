import { createHash, randomBytes } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { pipeline, Readable } from 'node:stream';
import { HTTP_ERRORS } from '../errors.js';
import type { RouteContext } from '../request/http-context.js';
import { withStatus, type ReplyPlan } from '../route/reply-plan.js';
import { readRanges, type ByteRange } from './byte-ranges.js';
import { cacheControl } from './cache-control.js';
import { checkConditions, rangeApplies } from './conditions.js';
import { disposition } from './content-disposition.js';
import type { FileBody, OpenedFile } from './file.js';
import { FieldList } from './field-list.js';
import { writeStream } from './stream.js';
import { writeHead } from './write-head.js';

/** Opens a file, decides by the request's conditions and ranges what of it is sent, sends that, and closes it on every way out. */
export async function writeFile(context: RouteContext, plan: ReplyPlan, body: FileBody, own: readonly string[]): Promise<void> {
  const file = await body.open(context);
  try {
    if (context.answered || context.response.destroyed) return;
    await answer(context, plan.byType === null ? plan : plan.byType(file.contentType), body, file, own);
  } finally {
    await file.handle.close();
  }
}

async function answer(context: RouteContext, plan: ReplyPlan, body: FileBody, file: OpenedFile, own: readonly string[]): Promise<void> {
  const { request } = context;
  const { head } = plan;
  const { download, cache } = body.options;
  const fields = new FieldList(context, own, file.headers);
  const contentType = plan.contentType ?? file.contentType;
  const coding = file.encoding === undefined ? (body.compress?.(context, contentType, file.size) ?? null) : null;
  const etag = fields.get('etag') ?? (await etagOf(file, body, coding !== null));
  if (etag !== undefined) fields.put('ETag', etag);
  fields.put('Last-Modified', new Date(file.modified).toUTCString());
  if (cache !== undefined) fields.put('Cache-Control', cacheControl(cache));

  const whole = plan.status === 200;
  const condition = whole ? checkConditions(request, { etag, modified: file.modified }) : 'changed';
  if (condition === 'failed') throw release(coding, HTTP_ERRORS.PRECONDITION());
  if (condition === 'same') {
    release(coding, undefined);
    writeHead(context, withStatus(head, 304, contentHeaders), -1, fields.flat);
    context.answered = true;
    context.response.end();
    return;
  }
  if (download !== undefined) fields.put('Content-Disposition', disposition('attachment', download));
  if (file.encoding !== undefined) fields.put('Content-Encoding', file.encoding);
  if (coding !== null) {
    fields.put('Content-Encoding', coding.encoding);
    // A file that breaks off destroys the compressor, and that the answer.
    if (request.method === 'HEAD') release(coding, undefined);
    else pipeline(Readable.from(readRange(file.handle, 0, file.size - 1)), coding.stream, ignore);
    return writeStream(context, head, coding.stream, fields.flat);
  }
  if (whole) fields.put('Accept-Ranges', 'bytes');
  const asked = whole && request.method === 'GET' && rangeApplies(request, { etag, modified: file.modified });
  const ranges = asked ? readRanges(request.headers.range, file.size) : 'whole';
  if (ranges === 'unsatisfiable') throw rangeError(file.size);
  if (ranges === 'whole') return writeStream(context, head, readRange(file.handle, 0, file.size - 1), fields.flat, file.size);
  return ranges.length === 1
    ? writeOne(context, plan, file, ranges[0] as ByteRange, fields)
    : writeSeveral(context, plan, file, ranges, contentType, fields);
}

const contentHeaders: ReadonlySet<string> = new Set(['content-type', 'content-length']);

function writeOne(context: RouteContext, { head }: ReplyPlan, file: OpenedFile, range: ByteRange, fields: FieldList): Promise<void> {
  const { start, end } = range;
  fields.put('Content-Range', `bytes ${start}-${end}/${file.size}`);
  return writeStream(context, withStatus(head, 206), readRange(file.handle, start, end), fields.flat, end - start + 1);
}

// multipart/byteranges (RFC 9110, 14.6).
function writeSeveral(
  context: RouteContext,
  { head }: ReplyPlan,
  file: OpenedFile,
  ranges: readonly ByteRange[],
  contentType: string,
  fields: FieldList,
): Promise<void> {
  const boundary = randomBytes(18).toString('base64url');
  const parts = ranges.map(({ start, end }) => ({
    start,
    end,
    text: `\r\n--${boundary}\r\nContent-Type: ${contentType}\r\nContent-Range: bytes ${start}-${end}/${file.size}\r\n\r\n`,
  }));
  const tail = `\r\n--${boundary}--\r\n`;
  const length = parts.reduce((sum, { start, end, text }) => sum + text.length + end - start + 1, tail.length);
  async function* pieces(): AsyncGenerator<string | Uint8Array> {
    for (const { start, end, text } of parts) {
      yield text;
      yield* readRange(file.handle, start, end);
    }
    yield tail;
  }
  fields.replace('Content-Type', `multipart/byteranges; boundary=${boundary}`);
  return writeStream(context, withStatus(head, 206), pieces(), fields.flat, length);
}

function rangeError(size: number): Error {
  return HTTP_ERRORS.RANGE({ size }, { headers: { 'Content-Range': `bytes */${size}`, 'Accept-Ranges': 'bytes' } });
}

const PIECE = 64 * 1024;

/** The bytes from `start` to `end`, both included. Throws where the file has become shorter: a client must not take what is there for all. */
async function* readRange(handle: FileHandle, start: number, end: number): AsyncGenerator<Uint8Array> {
  let position = start;
  while (position <= end) {
    const wanted = Math.min(PIECE, end - position + 1);
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(wanted), 0, wanted, position);
    if (bytesRead === 0) throw new Error(`The file ended ${end - position + 1} bytes early: it was changed while it was sent.`);
    position += bytesRead;
    yield bytesRead === wanted ? buffer : buffer.subarray(0, bytesRead);
  }
}

async function etagOf(file: OpenedFile, { options }: FileBody, compressed: boolean): Promise<string | undefined> {
  const { etag = 'weak' } = options;
  if (etag === false) return undefined;
  if (etag === 'weak') return `W/"${file.version}"`;
  return `${compressed ? 'W/' : ''}"${await hashOf(file)}"`;
}

const REMEMBERED_HASHES = 1000;
const hashes = new Map<string, string>();

async function hashOf({ handle, version, size }: OpenedFile): Promise<string> {
  const { ino, dev } = await handle.stat({ bigint: true });
  const key = `${dev}-${ino}-${version}`;
  const known = hashes.get(key);
  if (known !== undefined) return known;
  const hash = createHash('sha256');
  for await (const piece of readRange(handle, 0, size - 1)) hash.update(piece);
  const made = hash.digest('base64url').slice(0, 27);
  if (hashes.size >= REMEMBERED_HASHES) hashes.delete(hashes.keys().next().value as string);
  hashes.set(key, made);
  return made;
}

function release<T>(coding: { stream: { destroy(): unknown } } | null, value: T): T {
  coding?.stream.destroy();
  return value;
}

function ignore(): void {}
