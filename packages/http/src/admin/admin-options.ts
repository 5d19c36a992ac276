import { token } from '@plinth/core';
import type { RouteDefinition } from '../contract/contract.js';

/** Where the admin listener is. It serves `/metrics`, `/health/*` with `/health/details`, and `/routes`, without guards. */
export interface AdminOptions {
  /** Its port; 0 takes any free one. `ADMIN_PORT` stands over it. Without either there is no listener. */
  readonly port?: number;
  /** Its address. Default `127.0.0.1`: this machine alone. Name another one only where a firewall or a network policy stands before it. */
  readonly host?: string;
}

/** Contributes a route to the admin listener: `provideValue(ADMIN_ROUTE, get('/caches', { open: true }, …), { many: true })`. */
export const ADMIN_ROUTE = token<RouteDefinition>('ADMIN_ROUTE');
