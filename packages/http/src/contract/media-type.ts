import type { Readable } from 'node:stream';
import type { FileBody } from '../reply/file.js';
import type { Html } from '../html/html.js';
import type { Compiler, JsonSchema, Schema } from '@plinth/validation';
import type { RouteContext } from '../request/http-context.js';

/** Stands in a contract's `returns` for a body that is written as it is, under this media type. */
export interface MediaType {
  readonly mediaType: string;
}

/** Where an encoded type keeps its encoder; shared by all copies of this package. @internal */
export const ENCODER: unique symbol = Symbol.for('plinth.http.encoder') as never;

/** A media type whose body is written from values, such as events or lines of JSON: `Body` is what a handler gives. */
export interface EncodedType<Body> extends MediaType {
  readonly [ENCODER]: MediaEncoder<Body>;
}

/** The part of a compiler that encoders use. @internal */
export type SerializerCompiler = Pick<Compiler, 'compileSerializer'>;

/** How the body of an encoded type is written and documented. @internal */
export interface MediaEncoder<Body> {
  /** Called at boot for each route. Its function is called when a handler has answered; what it gives is sent. */
  bind(compiler: SerializerCompiler, name: string): (body: Body, context: RouteContext) => MediaBody;
  /** The media types of a choice; the schema is that of the first. */
  readonly types?: readonly string[];
  /** The schema in the OpenAPI document; `add` makes a schema of the contract known to it. */
  describe(add: (schema: Schema) => JsonSchema): JsonSchema;
}

/**
 * What a handler may give where the contract says a media type: a text, bytes, a stream of either, a `file(...)`, a `Blob`, a fetch
 * `Response`, or what the tag `html` makes.
 */
export type MediaBody =
  | string
  | Html
  | ArrayBufferView
  | ArrayBuffer
  | Readable
  | ReadableStream<Uint8Array>
  | AsyncIterable<string | Uint8Array>
  | FileBody
  | Blob
  | Response;

/**
 * A body of this media type, written as it is: `returns: { 200: media('text/csv') }`. Texts are sent as UTF-8.
 * Nothing is serialized or checked; use a schema for JSON. With a wildcard (`*` on both sides of the slash), the body says its type: files, blobs and
 * fetch Responses have one of their own, texts are `text/plain`, all else is `application/octet-stream`.
 */
export function media(mediaType: string): MediaType {
  return { mediaType };
}

/** How the body of a media type is written, if not as it is. @internal */
export function encoderOf(type: MediaType): MediaEncoder<unknown> | undefined {
  return (type as Partial<EncodedType<unknown>>)[ENCODER];
}

/** The schema of a media type's body for the OpenAPI document; `undefined` where it is written as it is. */
export function schemaOfMedia(type: MediaType, add: (schema: Schema) => JsonSchema): JsonSchema | undefined {
  return encoderOf(type)?.describe(add);
}

/** The media types that a body can be sent as: more than one for a choice. */
export function typesOfMedia(type: MediaType): readonly string[] {
  return encoderOf(type)?.types ?? [type.mediaType];
}

/** Whether an entry of `returns` is a media type, not a schema. */
export function isMediaType(entry: unknown): entry is MediaType {
  return (
    typeof entry === 'object' && entry !== null && typeof (entry as MediaType).mediaType === 'string' && Object.keys(entry).length === 1
  );
}
