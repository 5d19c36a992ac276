import type { CompiledSchema } from '@plinth/validation';
import type { RouteContext } from './http-context.js';

/** What every body reader says of itself. */
interface ReaderFacts {
  /** A media type in lower case: exact (`application/cbor`), by its ending (`application/*+json`), by its kind (`image/*`), or any (`*` on both sides). */
  readonly mediaType: string;
  /** Bytes, unless the route says otherwise. */
  readonly limit: number;
  /** Narrows a pattern further; sees the media type in lower case, without parameters. */
  readonly matches?: RegExp;
}

/** Turns the whole bytes of a body into a value. */
export interface WholeBodyReader extends ReaderFacts {
  /** What it throws becomes `HTTP_BODY_FORMAT` (400), unless it is an `AppError`. May give a promise. */
  read(bytes: Buffer, mediaType: string): unknown;
  readonly stream?: undefined;
}

/** Gives the handler something that reads the body as it comes. */
export interface StreamedBodyReader extends ReaderFacts {
  /** The body can be read once, piece by piece; reading throws `HTTP_BODY_TOO_LARGE` and `HTTP_BODY_CUT`. May give a promise. */
  stream(body: AsyncIterable<Buffer>, mediaType: string): unknown;
  readonly read?: undefined;
}

/** A body format: how a body of a media type becomes the value that the schema checks. */
export type BodyReader = WholeBodyReader | StreamedBodyReader;

/** A reader as the hot path uses it. @internal */
export interface PlannedReader {
  /** `null` where `mediaType` is exact. */
  readonly pattern: RegExp | null;
  readonly mediaType: string;
  readonly limit: number;
  /** `null` for a reader that takes the request itself. */
  readonly read: ((bytes: Buffer, mediaType: string) => unknown) | null;
  readonly open: ((context: RouteContext, limit: number, mediaType: string) => unknown) | null;
}

/** How the body of one route is read and checked. */
export interface BodyPlan {
  /** The most specific first. */
  readonly readers: readonly PlannedReader[];
  /** Bytes; overrides the readers' own limits. */
  readonly limit: number | undefined;
  /** The media types, for messages and the `Accept-Post`-like detail of a 415. */
  readonly expected: string;
  /** The same as a list, for documents. */
  readonly mediaTypes: readonly string[];
  readonly schema: CompiledSchema<unknown>;
  /** Whether its values all arrive as texts: a form. */
  readonly texts: boolean;
  /** Whether the body may take minutes: uploads and lines. */
  readonly slow: boolean;
}
