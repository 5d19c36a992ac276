import type { PinoLogger } from './pino.js';
import { token } from '../di/token.js';
import type { LogLevel, LogLevels } from './log-levels.js';

/**
 * Writes a line: fields, an error, or a text; then a text. The text is written as it is, never used as a format. Secrets are
 * hidden by the names of their keys, errors are written with their causes.
 */
export type LogMethod = (fields: object | string | undefined, message?: string) => void;

/** Writes log lines; within a request each carries the request's id. */
export interface Logger {
  readonly trace: LogMethod;
  readonly debug: LogMethod;
  readonly info: LogMethod;
  readonly warn: LogMethod;
  readonly error: LogMethod;
  readonly fatal: LogMethod;
  /** A logger whose lines carry these fields too. The field `module` names whose level applies. */
  child(fields: object): Logger;
  /** The level below which nothing is written. Setting it sets the level of the logger's module, or of everything without one. */
  level: string;
}

/** Logging as a whole: levels, and loggers of modules. */
export interface Logging {
  /** The logger that `LOGGER` gives. */
  readonly logger: Logger;
  /** Thresholds, changeable at run time. */
  readonly levels: LogLevels;
  /** pino's own logger for a module, whose level follows `levels`; see `PINO`. */
  pino(module: string): PinoLogger;
  /** Whether a line of this level would be written. */
  isEnabled(level: LogLevel, module?: string): boolean;
  /** Resolves when everything written so far has left the process. */
  flush(): Promise<void>;
}

/** The application's logger. */
export const LOGGER = token<Logger>('LOGGER');

/** Levels and module loggers. */
export const LOGGING = token<Logging>('LOGGING');

/**
 * pino itself, for lines that are written for each request: what is written here carries no request id, and only its top-level
 * strings are looked through for secrets. Everything else belongs to `LOGGER`.
 */
export const PINO = token<PinoLogger>('PINO');
