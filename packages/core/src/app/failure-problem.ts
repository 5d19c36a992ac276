import { isAppError, type AppError } from '../errors/app-error.js';
import { BootError, type Problem } from '../errors/boot-error.js';
import { toProblem } from '../errors/define-errors.js';

/**
 * An error that was thrown while booting, as problems: an error with a code keeps it, and one that holds several problems gives them
 * all. Anything else becomes what `otherwise` makes of its message.
 */
export function failureProblems(error: unknown, where: string, otherwise: (reason: string) => AppError): readonly Problem[] {
  if (error instanceof BootError) return error.problems;
  return [toProblem(isAppError(error) ? error : otherwise(reasonOf(error)), where)];
}

/** The message of anything thrown. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message === '' ? error.name : error.message;
}

/** One cause out of many errors: none, the one, or all of them. */
export function causeOf(errors: readonly unknown[]): unknown {
  return errors.length > 1 ? new AggregateError(errors, 'Several things failed.') : errors[0];
}
