import { isatty } from 'node:tty';
import { pino, type DestinationStream, type PinoLogger } from './pino.js';
import { createIsoTime } from './iso-time.js';
import { isLogLevel, LevelRegistry, levelValues, type LevelSettings, type LogLevel } from './log-levels.js';
import { registerLineWriter } from './line-writer.js';
import { LogOutput, type LogDestination } from './log-output.js';
import type { Logger, Logging } from './logger.js';
import { ModuleLogger, type LogCore } from './module-logger.js';
import { prettyLine } from './pretty-line.js';
import { createRedactor } from './redact-value.js';
import { redactFlat } from './redact-flat.js';
import { standardOutput } from './standard-output.js';

/** What `createLogs` may be told before anything is read. */
export interface LogsOptions {
  /** Where lines go, or a logger that is given each; default standard output. */
  readonly destination?: Logger | DestinationStream | undefined;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** What the configuration says about logging. */
export interface LogSettings {
  readonly level: LevelSettings;
  readonly format?: 'json' | 'pretty' | undefined;
  readonly redact: readonly string[];
  readonly production: boolean;
}

/** Logging, with the switches that boot turns. */
export interface Logs extends Logging {
  /** pino at the level of everything without one of its own. */
  readonly rootPino: PinoLogger;
  /** Applies the configuration, and writes the lines that were held back so far. */
  open(settings: LogSettings): void;
  /** Writes what is held back although nothing was configured: the start has failed. */
  openAnyway(production: boolean): void;
}

/** Makes the loggers of an application. They may be used at once: lines are held back until `open`. */
export function createLogs(options: LogsOptions = {}): Logs {
  const output = new LogOutput();
  const levels = new LevelRegistry();
  const core: LogCore = { levels, redactor: createRedactor() };
  const timestamp = createIsoTime(options.now ?? Date.now);
  const base = {
    base: { pid: process.pid },
    timestamp,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: (error: unknown) => error },
  };
  const levelOf = (module?: string): LogLevel => (output.holding ? 'trace' : levels.get(module));
  const redactFields = (fields: object): object => redactFlat(fields as Record<string, unknown>, core);
  // Setting pino up takes two milliseconds: it waits for the first line, or for who asks for pino itself.
  let everything: PinoLogger | undefined;
  let rootPino: PinoLogger | undefined;
  // The module loggers check their own thresholds, so that these can be changed.
  const readEverything = (): PinoLogger => (everything ??= pino({ ...base, level: 'trace' }, output));
  const readRootPino = (): PinoLogger => {
    if (rootPino !== undefined) return rootPino;
    rootPino = readEverything().child({}, { level: levelOf(), formatters: { log: redactFields } });
    registerLineWriter(rootPino, { core, output, timestamp });
    return rootPino;
  };
  const logger = new ModuleLogger(core, readEverything, '');
  const modulePinos = new Map<string, PinoLogger>();
  levels.onChange(() => {
    if (output.holding) return;
    if (rootPino !== undefined) rootPino.level = levels.get();
    for (const [module, child] of modulePinos) child.level = levels.get(module);
  });

  const open = (settings: LogSettings): void => {
    if (!output.holding) return;
    core.redactor = createRedactor(settings.redact);
    const pretty =
      settings.format === 'pretty' || (settings.format === undefined && !settings.production && options.destination === undefined);
    // Asked of the system: process.stdout would be set up for it, which takes a millisecond.
    const colour = pretty && isatty(1) && !process.env['NO_COLOR'];
    levels.apply(settings.level);
    output.open(() => toDestination(options.destination, settings.production), {
      ...(pretty && { format: (line: string) => prettyLine(line, { colour }) }),
      keep: (line) => isWanted(line, levels),
    });
    levels.apply(settings.level);
  };

  return {
    logger,
    levels,
    get rootPino() {
      return readRootPino();
    },
    pino: (module) => {
      let child = modulePinos.get(module);
      if (child === undefined) {
        child = readRootPino().child({ module }, { level: levelOf(module) });
        modulePinos.set(module, child);
      }
      return child;
    },
    isEnabled: (level, module = '') => levelValues[level] >= levels.threshold(module).value,
    open,
    openAnyway: (production) => open({ level: { root: 'info', modules: {} }, redact: [], production }),
    flush: () => flush(output),
  };
}

function isWanted(line: string, levels: LevelRegistry): boolean {
  const { level, module } = JSON.parse(line) as { level: LogLevel; module?: unknown };
  return levelValues[level] >= levelValues[levels.get(typeof module === 'string' ? module : '')];
}

function toDestination(destination: LogsOptions['destination'], production: boolean): LogDestination {
  if (destination === undefined) return standardOutput(production);
  return 'write' in destination ? destination : { write: (line) => forward(line, destination) };
}

// A logger of the author's own gets fields and text, as if it had been called itself.
function forward(line: string, logger: Logger): void {
  const { level, time: _time, pid: _pid, msg, ...fields } = JSON.parse(line) as Record<string, unknown>;
  const name = typeof level === 'string' && isLogLevel(level) && level !== 'silent' ? level : 'info';
  logger[name](fields, msg as string | undefined);
}

function flush(output: LogOutput): Promise<void> {
  return new Promise((resolve) => {
    output.flush(() => {
      // pino's destination calls back before an unfinished write when it does not buffer.
      try {
        output.flushSync();
      } catch {
        // The destination is closed: nothing more can be written.
      }
      resolve();
    });
  });
}
