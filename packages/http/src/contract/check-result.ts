import type { Reply } from '../reply/reply.js';
import type { BareOf, ResultOf, StatusesOf } from './result-of.js';

/**
 * `object` when a result fits the contract, or when the compiler's own words explain best why it does not (`ExpectedResult`);
 * else a sentence, which the compiler prints as the last line of its error.
 */
export type ResultSentence<Result, C> = [Result] extends [ResultOf<C>]
  ? object
  : unknown extends Result
    ? object
    : [UndeclaredStatus<Result, C>] extends [never]
      ? BareSentence<Exclude<Result, Reply>, C>
      : `this handler replies with status ${UndeclaredStatus<Result, C>}, which the contract does not declare in \`returns\``;

/** `unknown` when the result fits or a sentence says why it does not; else a descriptor whose method gives what the contract declares. */
export type ExpectedResult<Returned, C> = [Awaited<Returned>] extends [ResultOf<C>]
  ? unknown
  : ResultSentence<Awaited<Returned>, C> extends string
    ? unknown
    : { value?: (...args: never[]) => Returned extends PromiseLike<infer Result> ? Promise<Fitting<Result, C>> : Fitting<Returned, C> };

type BareSentence<Bare, C> = [Bare] extends [never]
  ? object
  : C extends { readonly returns: unknown }
    ? [BareOf<C>] extends [never]
      ? 'a handler whose contract has several success statuses, or none, needs a Reply: created(...), reply(status, ...)'
      : object
    : 'this handler gives a value, but its contract declares no `returns`; only a text or nothing needs none';

type UndeclaredStatus<Result, C> = Result extends Reply<infer Status, unknown> ? Exclude<Status, keyof StatusesOf<C>> : never;

type Fitting<Result, C> =
  Result extends Reply<infer Status, unknown>
    ? Status extends keyof StatusesOf<C>
      ? Reply<Status, StatusesOf<C>[Status]>
      : never
    : BareOf<C>;
