import { levelValues, type LogLevel } from './log-levels.js';
import type { LogOutput } from './log-output.js';
import type { LogCore } from './module-logger.js';
import type { PinoLogger } from './pino.js';
import { isSuspicious } from './redact-flat.js';

/**
 * Writes lines whose members are JSON text already, byte for byte as `PINO` writes them: for the line of each request, whose shape
 * is known before. Making an object, looking through it for secrets and writing it was the dearest part of a small request.
 */
export interface LineWriter {
  /** `members` begins with a comma, `message` is one that `textOf` has let pass. Below the level of `PINO` nothing is written. */
  write(level: Exclude<LogLevel, 'silent'>, members: string, message: string): void;
  /** Whether a value under this name is never hidden, so that it may be written as it is. */
  shows(name: string): boolean;
  /** A text as JSON; `undefined` where secrets may have to be taken out of it. */
  textOf(text: string): string | undefined;
}

/** What the lines of one application are made with. @internal */
export interface LineParts {
  readonly core: LogCore;
  readonly output: LogOutput;
  /** pino's own option: the member of the time, with a comma before it. */
  readonly timestamp: () => string;
}

const writers = new WeakMap<object, LineWriter>();

/** Lets `lineWriterOf` find the writer of a logger without fields of its own. @internal */
export function registerLineWriter(logger: PinoLogger, { core, output, timestamp }: LineParts): void {
  const pid = `,"pid":${process.pid}`;
  writers.set(logger, {
    write(level, members, message) {
      if (logger.levelVal > levelValues[level]) return;
      output.write(`{"level":"${level}"${timestamp()}${pid}${members},"msg":${message}}\n`);
    },
    shows: (name) => !core.redactor.hides(name),
    textOf: (text) => (isSuspicious(text) ? undefined : JSON.stringify(text)),
  });
}

/** The writer of the application whose `PINO` this is; `undefined` where somebody has put another logger in its place. */
export function lineWriterOf(logger: object): LineWriter | undefined {
  return writers.get(logger);
}
