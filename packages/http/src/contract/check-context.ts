import type { FaultOf, RequiredNames } from './fault-of.js';

/**
 * `Fits` when a method takes what its route gives; else a sentence that says what it takes and does not get, which the compiler prints
 * as the last line of its error.
 */
export type ContextSentence<Method, Context, Fits> = Method extends (context: Context) => unknown
  ? Fits
  : Method extends (context: infer Wanted) => unknown
    ? [Unknown<Wanted, Context>] extends [never]
      ? { error: ['what this route gives does not fit its handler:', ...FaultOf<Context, Wanted, 'but the handler takes'>] }
      : { error: ['this handler reads', Unknown<Wanted, Context>, 'which neither the path, the contract nor the guards of its route give'] }
    : 'the method of a route takes one argument, the context';

/** The parts that a handler takes and its route does not have. */
type Unknown<Wanted, Context> = Exclude<RequiredNames<Wanted>, keyof Context>;
