import { pipeline } from 'node:stream';
import { HTTP_ERRORS } from '../errors.js';
import { defineFeature, type HttpFeature } from '../feature/http-feature.js';
import { FileBody, type FileCompressor } from '../reply/file.js';
import { headerOf, setReplyHeaders, setsCookie } from '../reply/reply-headers.js';
import { isStream } from '../reply/stream.js';
import type { RouteContext } from '../request/http-context.js';
import { acceptsIdentity, addVary, pickEncoding } from '../request/negotiate.js';
import { COMPRESSORS, toReadable, type Compressor } from './codings.js';
import type { Coding, CompressOptions } from './compress-options.js';

const worthIt =
  /^(?:text\/|application\/(?:json|javascript|xml|wasm|yaml|toml|sql|rtf|jsonl|x-ndjson|vnd\.ms-fontobject)|[^;]+\+(?:json|xml|text)|font\/(?:otf|ttf|collection)|image\/(?:bmp|x-icon))/i;
const atOnce = /^(?:text\/event-stream|application\/(?:x-ndjson|jsonl))/i;

interface Settings {
  readonly threshold: number;
  readonly encodings: readonly Coding[];
  readonly types: RegExp;
  /** Whether answers to one user are compressed as well. */
  readonly personal: boolean;
}

/**
 * Compresses answers as the client's `Accept-Encoding` says. What sets a cookie or answers a request that a cookie has authenticated is
 * left alone unless the route itself says `compress`: where a secret and a text of an attacker's choice share a body, its compressed
 * length tells about the secret (BREACH).
 */
export const compressFeature: HttpFeature = defineFeature({
  name: 'compress',
  deps: [],
  setup({ options }) {
    // Once for all routes, so that a mistake in them is told once.
    settingsOf(options.compress, undefined);
    return {
      route({ definition: { contract } }) {
        const chosen = contract.compress ?? options.compress ?? false;
        if (chosen === false) return undefined;
        const settings = settingsOf(options.compress, contract.compress);
        const forFile = fileCompressor(settings);
        return { leaving: (context) => compress(context, settings, forFile) };
      },
    };
  },
});

function settingsOf(common: boolean | CompressOptions | undefined, own: boolean | CompressOptions | undefined): Settings {
  const options: CompressOptions = { ...(typeof common === 'object' ? common : {}), ...(typeof own === 'object' ? own : {}) };
  const { threshold = 1024, encodings = ['br', 'zstd', 'gzip'], types = worthIt } = options;
  checkOptions(threshold, encodings, types);
  return { threshold, encodings: encodings.filter((coding) => COMPRESSORS.has(coding)), types, personal: own !== undefined };
}

const CODINGS: ReadonlySet<unknown> = new Set<Coding>(['br', 'zstd', 'gzip']);

// `zstd` may be named where this Node has none: it is left out.
function checkOptions(threshold: unknown, encodings: unknown, types: unknown): void {
  const refuse = (value: unknown, reason: string): Error => HTTP_ERRORS.COMPRESS({ value: JSON.stringify(value) ?? String(value), reason });
  if (!Number.isSafeInteger(threshold) || (threshold as number) < 0) throw refuse(threshold, 'a threshold is a whole number of bytes');
  if (!Array.isArray(encodings) || encodings.length === 0) throw refuse(encodings, 'encodings are a list with at least one entry');
  const unknown = encodings.find((coding) => !CODINGS.has(coding)) as unknown;
  if (unknown !== undefined) throw refuse(unknown, 'there is no such coding');
  if (!(types instanceof RegExp)) throw refuse(types, 'types are a regular expression');
}

function compress(context: RouteContext, settings: Settings, forFile: FileCompressor): void | Promise<void> {
  const { replyPlan, payload } = context;
  if (replyPlan === null || replyPlan.status === 206 || isLeftAlone(context, settings)) return;
  if (replyPlan.kind === 'empty') {
    // It stands for an answer that depends on the coding (RFC 9110, 15.4.5).
    if (replyPlan.status === 304 && settings.types.test(replyPlan.contentType ?? '')) addVary(context, 'Accept-Encoding');
    return;
  }
  if (payload instanceof FileBody) {
    context.payload = payload.compressedBy(forFile);
    return;
  }
  const { contentType = '' } = replyPlan;
  if (!settings.types.test(contentType)) return;
  addVary(context, 'Accept-Encoding');
  const coding = codingFor(context, settings, sizeOf(payload));
  if (coding === undefined) return;
  const compressor = COMPRESSORS.get(coding) as Compressor;
  const source = payload instanceof Blob ? payload.stream() : payload;
  if (isStream(source)) {
    const stream = compressor.stream(atOnce.test(contentType));
    // Whichever of the two ends early takes the other with it.
    pipeline(toReadable(source), stream, ignore);
    context.payload = stream;
    markEncoded(context, coding);
    return;
  }
  return compressWhole(context, compressor, coding, source);
}

async function compressWhole(context: RouteContext, compressor: Compressor, coding: Coding, body: unknown): Promise<void> {
  if (typeof body !== 'string' && !ArrayBuffer.isView(body) && !(body instanceof ArrayBuffer)) return;
  const compressed = await compressor.whole(body instanceof ArrayBuffer ? new Uint8Array(body) : (body as string | Uint8Array));
  if (context.answered) return;
  context.payload = compressed;
  markEncoded(context, coding);
}

/** The coding of an answer of `size` bytes (-1: unknown); `undefined` to send it as it is. Throws `HTTP_NOT_ACCEPTABLE`. */
function codingFor(context: RouteContext, { encodings, threshold }: Settings, size: number): Coding | undefined {
  const header = context.request.headers['accept-encoding'] as string | undefined;
  const coding = pickEncoding(header, encodings);
  if (coding === undefined) throw HTTP_ERRORS.NOT_ACCEPTABLE({ offered: `${encodings.join(', ')}, identity` });
  if (coding === 'identity' || (size >= 0 && size < threshold && acceptsIdentity(header))) return undefined;
  return coding;
}

function isLeftAlone(context: RouteContext, { personal }: Settings): boolean {
  if (headerOf(context, 'content-encoding') !== undefined || headerOf(context, 'content-range') !== undefined) return true;
  const head = context.replyPlan?.head;
  const caching = headerOf(context, 'cache-control') ?? (head !== undefined && head.cacheAt !== -1 ? head.fields[head.cacheAt] : '');
  if (caching?.includes('no-transform') === true) return true;
  return !personal && (context.cookieSession !== null || setsCookie(context));
}

// Two codings of one answer are equal in meaning, not byte for byte.
function markEncoded(context: RouteContext, coding: Coding): void {
  const etag = headerOf(context, 'etag');
  setReplyHeaders(context, { 'content-encoding': coding, ...(etag !== undefined && !etag.startsWith('W/') && { etag: `W/${etag}` }) });
}

function fileCompressor(settings: Settings): FileCompressor {
  return (context, contentType, size) => {
    if (!settings.types.test(contentType)) return null;
    addVary(context, 'Accept-Encoding');
    // A range is one of the file as it is.
    if (context.request.headers.range !== undefined) return null;
    const coding = codingFor(context, settings, size);
    return coding === undefined ? null : { encoding: coding, stream: (COMPRESSORS.get(coding) as Compressor).stream(false) };
  };
}

function sizeOf(payload: unknown): number {
  if (typeof payload === 'string') return Buffer.byteLength(payload);
  if (payload instanceof Blob) return payload.size;
  return ArrayBuffer.isView(payload) || payload instanceof ArrayBuffer ? payload.byteLength : -1;
}

function ignore(): void {}
