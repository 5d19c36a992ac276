import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds: many times what the work takes. */
const SAME_TIME = 25;

/**
 * Does something that takes a little longer for some addresses than for others, and tells when the time is over that it takes for all: so
 * that no answer tells by its time who has an account. By the machine's timer, for it is about time that passes.
 */
export async function inSameTime(work: () => Promise<void>): Promise<void> {
  await Promise.all([work(), sleep(SAME_TIME)]);
}
