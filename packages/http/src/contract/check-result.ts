import type { Reply } from '../reply/reply.js';
import type { FaultOf } from './fault-of.js';
import type { BareOf, ResultOf, StatusesOf, SuccessOf } from './result-of.js';

/**
 * `Fits` when a result fits the contract; else a sentence that says why it does not, which the compiler prints as the last line of its
 * error.
 */
export type ResultSentence<Result, C, Fits> = [Result] extends [ResultOf<C>] ? Fits : Misfit<Result, C>;

type Misfit<Result, C> = [UndeclaredStatus<Result, C>] extends [never]
  ? [ReplyFault<Result, C>] extends [never]
    ? BareSentence<Exclude<Result, Reply>, C>
    : ReplyFault<Result, C>
  : `this handler replies with status ${UndeclaredStatus<Result, C>}, which the contract does not declare in \`returns\``;

type UndeclaredStatus<Result, C> = Result extends Reply<infer Status, unknown> ? Exclude<Status, keyof StatusesOf<C>> : never;

/** One sentence for each reply whose body is not of the type that its status declares. */
type ReplyFault<Result, C> =
  Result extends Reply<infer Status, infer Body>
    ? Status extends keyof StatusesOf<C>
      ? BodySentence<Status, Body, StatusesOf<C>[Status]>
      : never
    : never;

type BareSentence<Bare, C> = C extends { readonly returns: unknown }
  ? [BareOf<C>] extends [never]
    ? 'a handler whose contract has several success statuses, or none, needs a Reply: created(...), reply(status, ...)'
    : BodySentence<SuccessOf<C>, Bare, BareOf<C>>
  : 'this handler gives a value, but its contract declares no `returns`; only a text or nothing needs none';

type BodySentence<Status, Body, Declared> = [Body] extends [Declared]
  ? never
  : { error: ['the body of the reply', Status, 'does not fit `returns`:', ...FaultOf<Body, Declared, 'but `returns` says'>] };
