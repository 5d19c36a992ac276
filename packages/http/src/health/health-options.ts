import type { AnyGuard } from '../guard/define-guard.js';

/** Where the health routes are, and who sees what is behind them. */
export interface HealthOptions {
  /** The path before `/live`, `/ready`, `/startup` and `/details`. Default `/health`. */
  readonly path?: string;
  /** Guards of `GET <path>/details`, which names every check with its status, reason and time. Without guards it does not exist. */
  readonly details?: readonly AnyGuard[];
}
