import type { PinoLogger } from './pino.js';
import { currentContext } from '../context/request-context.js';
import type { LevelRegistry, LogLevel, Threshold } from './log-levels.js';
import { levelValues } from './log-levels.js';
import type { Logger } from './logger.js';
import type { Redactor } from './redact-value.js';

/** What all loggers of an application share. @internal */
export interface LogCore {
  readonly levels: LevelRegistry;
  redactor: Redactor;
}

type Written = Exclude<LogLevel, 'silent'>;

// A second `level` in a line would win over the real one when the line is parsed.
const reserved = ['level', 'time', 'msg', 'pid', 'hostname'];

/** A logger of one module: checks its threshold, hides secrets, adds the request. @internal */
export class ModuleLogger implements Logger {
  readonly #core: LogCore;
  readonly #pino: () => PinoLogger;
  readonly #module: string;
  readonly #threshold: Threshold;
  /** Whether its lines carry a request of their own: that of the moment would stand in them a second time. */
  readonly #bound: boolean;

  constructor(core: LogCore, pino: () => PinoLogger, module: string, bound = false) {
    this.#core = core;
    this.#pino = pino;
    this.#module = module;
    this.#threshold = core.levels.threshold(module);
    this.#bound = bound;
  }

  trace(fields: object | string | undefined, message?: string): void {
    if (this.#threshold.value <= levelValues.trace) this.#write('trace', fields, message);
  }

  debug(fields: object | string | undefined, message?: string): void {
    if (this.#threshold.value <= levelValues.debug) this.#write('debug', fields, message);
  }

  info(fields: object | string | undefined, message?: string): void {
    if (this.#threshold.value <= levelValues.info) this.#write('info', fields, message);
  }

  warn(fields: object | string | undefined, message?: string): void {
    if (this.#threshold.value <= levelValues.warn) this.#write('warn', fields, message);
  }

  error(fields: object | string | undefined, message?: string): void {
    if (this.#threshold.value <= levelValues.error) this.#write('error', fields, message);
  }

  fatal(fields: object | string | undefined, message?: string): void {
    if (this.#threshold.value <= levelValues.fatal) this.#write('fatal', fields, message);
  }

  get level(): string {
    return this.#core.levels.get(this.#module);
  }

  set level(level: string) {
    this.#core.levels.set(level as LogLevel, this.#module);
  }

  child(fields: object): Logger {
    const { module } = fields as { module?: unknown };
    const bindings = { ...withoutReserved(this.#core.redactor.fields(fields)) };
    const child = this.#pino().child(bindings);
    const bound = this.#bound || Object.hasOwn(fields, 'requestId');
    return new ModuleLogger(this.#core, () => child, typeof module === 'string' ? module : this.#module, bound);
  }

  // Logging must never break what it reports on: what can't be written is replaced by a line that says so.
  #write(level: Written, fields: unknown, message: string | undefined): void {
    try {
      const { redactor } = this.#core;
      const text =
        typeof fields === 'object' || fields === undefined
          ? message
          : message === undefined
            ? String(fields)
            : `${String(fields)} ${message}`;
      const clean = withoutReserved(redactor.fields(toRecord(fields)));
      const record = this.#bound ? clean : addContext(clean);
      this.#pino()[level](record, text === undefined ? errorText(record) : redactor.text(String(text)));
    } catch (error) {
      this.#pino().error({ failure: String(error) }, 'A log line could not be written.');
    }
  }
}

function toRecord(fields: unknown): object {
  if (typeof fields !== 'object' || fields === null) return {};
  if (fields instanceof Error) return { err: fields };
  return Array.isArray(fields) ? { items: fields } : fields;
}

function errorText(record: object): string | undefined {
  const { err } = record as { err?: { message?: unknown } };
  return typeof err?.message === 'string' ? err.message : undefined;
}

function addContext(record: object): object {
  const context = currentContext();
  if (context === undefined) return record;
  const { id, traceId, spanId } = context;
  if (traceId === undefined) return { requestId: id, ...record };
  return spanId === undefined ? { requestId: id, traceId, ...record } : { requestId: id, traceId, spanId, ...record };
}

function withoutReserved(record: object): object {
  if (!reserved.some((key) => Object.hasOwn(record, key))) return record;
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [reserved.includes(key) ? `field_${key}` : key, value]));
}
