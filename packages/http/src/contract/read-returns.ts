import type { Schema } from '@plinth/validation';
import { isMediaType, type MediaType } from './media-type.js';
import type { Contract, ReturnsByStatus } from './contract.js';

/** What each declared status carries: a schema, a media type, or `null` for no body. */
export type StatusMap = ReadonlyMap<number, Schema | MediaType | null>;

/**
 * The declared statuses of a contract in ascending order. A lone schema or media type stands for status 200.
 * Empty when the contract has no `returns`: then a handler sends nothing (204) or a text (200).
 */
export function readReturns(contract: Contract): StatusMap {
  const { returns } = contract;
  if (returns === undefined) return new Map();
  if (isMediaType(returns) || !isStatusMap(returns)) return new Map([[200, returns as Schema | MediaType]]);
  return new Map(Object.entries(returns).map(([status, entry]) => [Number(status), entry as Schema | MediaType | null]));
}

/** The status of a handler's bare value: the only 2xx status of the contract. `undefined` when there are several or none, so that a handler must give a `Reply`. */
export function bareStatus(statuses: StatusMap): number | undefined {
  const successes = [...statuses.keys()].filter((status) => status >= 200 && status < 300);
  return successes.length === 1 ? successes[0] : undefined;
}

function isStatusMap(returns: object): returns is ReturnsByStatus {
  const keys = Object.keys(returns);
  return keys.length > 0 && keys.every((key) => /^[1-5]\d\d$/.test(key));
}
