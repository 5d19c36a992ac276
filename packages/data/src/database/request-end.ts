import { type AppError, currentContext, type RequestContext } from '@plinth/core';
import { DATA_ERRORS } from '../errors.js';

/** That a request is over, and why, as far as that is known. */
export interface RequestEnd {
  readonly reason: unknown;
}

/** Whether a request is over: its caller has gone, or its deadline has passed. */
export function endOf(context: RequestContext): RequestEnd | undefined {
  // Asking for the signal may make one; most requests never need it.
  if (context.aborted ?? context.signal?.aborted ?? false) return { reason: context.signal?.reason };
  if (context.deadline !== undefined && Date.now() >= context.deadline) return deadlinePassed;
  return undefined;
}

const deadlinePassed: RequestEnd = { reason: new Error('its deadline has passed') };

/** Throws `DATA_REQUEST_ENDED` where the request that this runs for is over. */
export function refuseEnded(context: RequestContext | undefined = currentContext()): void {
  if (context === undefined) return;
  const end = endOf(context);
  if (end !== undefined) throw requestEnded(end.reason);
}

/** The signal of the request that this runs for. */
export function requestSignal(): AbortSignal | undefined {
  return currentContext()?.signal;
}

/** The failure of a query whose request was aborted for this reason. */
export function requestEnded(reason: unknown): AppError {
  const words = reason instanceof Error ? reason.message.replace(/\.$/, '') : 'it was aborted';
  return DATA_ERRORS.REQUEST_ENDED(
    { reason: words.charAt(0).toLowerCase() + words.slice(1) },
    reason instanceof Error ? { cause: reason } : {},
  );
}
