import { currentContext } from '@plinth/core';
import { DATA_ERRORS } from '../errors.js';

/** Throws `DATA_REQUEST_ENDED` where the request that this runs for is over: its caller has gone, or its deadline has passed. */
export function refuseEnded(): void {
  const context = currentContext();
  if (context === undefined) return;
  // Asking for the signal may make one; most requests never need it.
  if (context.aborted ?? context.signal?.aborted ?? false) throw requestEnded(context.signal?.reason);
}

/** The signal of the request that this runs for. */
export function requestSignal(): AbortSignal | undefined {
  return currentContext()?.signal;
}

/** The failure of a query whose request was aborted for this reason. */
export function requestEnded(reason: unknown): Error {
  const words = reason instanceof Error ? reason.message.replace(/\.$/, '') : 'it was aborted';
  return DATA_ERRORS.REQUEST_ENDED(
    { reason: words.charAt(0).toLowerCase() + words.slice(1) },
    reason instanceof Error ? { cause: reason } : {},
  );
}
