import { isThenable } from '../guard/thenable.js';
import type { RouteContext } from '../request/http-context.js';
import type { Station } from './http-feature.js';

/** Runs stations in order; a promise only if one of them waits. */
export function runStations(context: RouteContext, stations: readonly Station[]): void | Promise<void> {
  for (let index = 0; index < stations.length; index++) {
    const waiting = (stations[index] as Station)(context);
    if (isThenable(waiting)) return awaitStation(context, stations, index, waiting as PromiseLike<void>);
  }
}

async function awaitStation(context: RouteContext, stations: readonly Station[], from: number, waiting: PromiseLike<void>): Promise<void> {
  await waiting;
  for (let index = from + 1; index < stations.length; index++) await (stations[index] as Station)(context);
}
