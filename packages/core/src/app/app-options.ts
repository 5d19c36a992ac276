import type { DestinationStream } from '../logging/pino.js';
import type { Gives } from '../di/key.js';
import type { Provider } from '../di/provider.js';
import type { Logger } from '../logging/logger.js';
import type { Clock } from '../time/clock.js';

/** Values for one configuration; made by `CONFIG.override(values)`. */
export type ConfigOverride = readonly [config: Gives<unknown>, values: object];

/** What `createApp` accepts. */
export interface AppOptions {
  /** The environment; default `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** A `.env` file; default `.env` in the working directory if it exists and `env` is not given. `false` reads none. */
  readonly envFile?: string | false;
  /** A JSON file, or its content: configuration name → field → value. */
  readonly configFile?: string | Readonly<Record<string, unknown>>;
  /** Values of configurations that win over every other source: `[HTTP_CONFIG.override({ port: 0 })]`. */
  readonly config?: readonly ConfigOverride[];
  /** Providers that take the place of those with the same key, everywhere. One that replaces nothing is a problem. */
  readonly overrides?: readonly Provider[];
  /** Where log lines go, or a whole logger; default standard output. */
  readonly logger?: Logger | DestinationStream;
  readonly clock?: Clock;
  /** Built for a tool that only looks at it and never starts it: servers elsewhere are not asked whether they are there. */
  readonly inspect?: boolean;
  /** Milliseconds that building may take, and again all `onStart` and `onListen` hooks together; default 60,000. */
  readonly startTimeout?: number;
  /** Milliseconds that a stop may take from `onDrain` to the last disposal; default 30,000. */
  readonly stopTimeout?: number;
}
