import { isAppError, type AppError } from '../errors/app-error.js';
import { BootError, describeProblems, type Problem } from '../errors/boot-error.js';
import { toProblem } from '../errors/define-errors.js';

/** A boot that was refused, for a terminal: its problems, and the stacks of causes without a code. */
export function describeRefusal(error: BootError): string {
  const causes = error.cause instanceof AggregateError ? error.cause.errors : [error.cause];
  const unexplained = causes.filter((cause) => cause !== undefined && !isExplained(cause));
  return [error.message, ...unexplained.map((cause) => `\ncaused by ${describeError(cause)}`)].join('\n');
}

/**
 * A start that failed, for a terminal: written like a refused boot, with code, sentence and cure. `undefined` when it was something
 * without a code, of which the stack is needed.
 */
export function describeFailedStart(error: unknown): string | undefined {
  if (!isAppError(error)) return undefined;
  if (error.cause === undefined) return describeProblems([toProblem(error)]);
  return isExplained(error.cause) ? describeProblems(problemsOf(error, error.cause)) : undefined;
}

/** Anything thrown, with the stacks of all its causes. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? String(error.stack) : `${error.stack}\ncaused by ${describeError(error.cause)}`;
}

// Errors with a code are told in full by their sentence and cure.
function isExplained(error: unknown): error is AppError | BootError {
  return isAppError(error) || error instanceof BootError;
}

function problemsOf(failed: AppError, cause: AppError | BootError): readonly Problem[] {
  return cause instanceof BootError ? cause.problems : [toProblem(cause, failed.extensions?.['hook'] as string | undefined)];
}
