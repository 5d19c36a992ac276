import type { CompiledSchema } from '@plinth/validation';

/** Turns the bytes of a body of one media type into a value. */
export interface BodyReader {
  readonly mediaType: string;
  /** Bytes, unless the route says otherwise. */
  readonly limit: number;
  read(bytes: Buffer): unknown;
}

/** How the body of one route is read and checked. */
export interface BodyPlan {
  readonly readers: readonly BodyReader[];
  /** Bytes; overrides the readers' own limits. */
  readonly limit: number | undefined;
  /** The media types, for messages and the `Accept-Post`-like detail of a 415. */
  readonly expected: string;
  /** `null` for a body that has no JSON Schema to check (bytes). */
  readonly schema: CompiledSchema<unknown>;
}
