import type { Infer, Schema } from '@plinth/validation';
import type { Reply } from '../reply/reply.js';
import type { EncodedType, MediaBody, MediaType } from './media-type.js';

/**
 * What a handler may give under a contract, promised or not: the body of its only 2xx status, or a `Reply` of any declared status.
 * Without `returns`: nothing, or a text.
 */
export type ResultOf<C> = BareOf<C> | RepliesOf<StatusesOf<C>>;

/** The bare value that a handler may give: the body of the only success status; with several, or none, only a `Reply` says which is meant. */
export type BareOf<C> = C extends { readonly returns: unknown } ? OnlyBody<StatusesOf<C>> : void | string;

/** Status to the type of its body. */
export type StatusesOf<C> = C extends { readonly returns: infer R }
  ? R extends MediaType
    ? { 200: BodyOf<R> }
    : IsStatusMap<R> extends true
      ? { [Status in keyof R & number]: BodyOf<R[Status]> }
      : { 200: BodyOf<R> }
  : { 200: string; 204: void };

/** A `Reply` for each status. */
export type RepliesOf<Statuses> = { [Status in keyof Statuses & number]: Reply<Status, Statuses[Status]> }[keyof Statuses & number];

/** The success statuses that a contract declares. */
export type SuccessOf<C> = keyof StatusesOf<C> & SuccessStatus;

type IsStatusMap<R> = [keyof R] extends [never] ? false : keyof R extends number ? true : false;

type OnlyBody<Statuses> = [keyof Statuses & SuccessStatus] extends [never]
  ? never
  : IsUnion<keyof Statuses & SuccessStatus> extends true
    ? never
    : Statuses[keyof Statuses & SuccessStatus];

type BodyOf<Entry> = Entry extends null
  ? void
  : Entry extends EncodedType<infer Body>
    ? Body
    : Entry extends MediaType
      ? MediaBody
      : Entry extends Schema
        ? ReadonlyList<Infer<Entry>>
        : never;

/** Lists may be given as readonly arrays. */
type ReadonlyList<T> = T extends readonly (infer Item)[] ? readonly Item[] : T;

type IsUnion<T, Whole = T> = T extends unknown ? ([Whole] extends [T] ? false : true) : never;

type SuccessStatus = 200 | 201 | 202 | 203 | 204 | 205 | 206 | 207 | 208 | 226;
