import { SERVICE_ERRORS } from '../errors/service-errors.js';

/** How grave a line is; as a threshold also `silent`. */
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

/** pino's numbers of the levels. */
export const levelValues: Readonly<Record<LogLevel, number>> = {
  trace: 10,
  debug: 20,
  info: 30,
  warn: 40,
  error: 50,
  fatal: 60,
  silent: Infinity,
};

/** Thresholds as written in `LOG_LEVEL`: `info,http=debug,orders.mail=trace`. */
export interface LevelSettings {
  readonly root: LogLevel;
  readonly modules: Readonly<Record<string, LogLevel>>;
}

/** Where a module's loggers look before they write. Shared and changed in place. @internal */
export interface Threshold {
  value: number;
}

/** The thresholds of an application: one for all, others for modules by name. May be changed at run time. */
export interface LogLevels {
  /** The threshold of a module, or of everything that has none of its own. `orders.mail` inherits from `orders`. */
  get(module?: string): LogLevel;
  /** Changes a threshold at once, for loggers that exist too. Throws `CORE_LOG_LEVEL`. */
  set(level: LogLevel, module?: string): void;
  /** Takes back what was set for a module. */
  unset(module: string): void;
  /** All that is set, as `LOG_LEVEL` would say it. */
  toString(): string;
}

/** Whether a text is the name of a level. */
export function isLogLevel(text: string): text is LogLevel {
  return Object.hasOwn(levelValues, text);
}

/** Reads `LOG_LEVEL`. Returns the wrong part as a text when there is one. */
export function parseLevels(text: string): LevelSettings | string {
  let root: LogLevel = 'info';
  const modules: Record<string, LogLevel> = Object.create(null) as Record<string, LogLevel>;
  for (const part of text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')) {
    const [left, right] = part.split('=').map((side) => side.trim()) as [string, string | undefined];
    const level = (right ?? left).toLowerCase();
    if (!isLogLevel(level) || left === '') return part;
    if (right === undefined) root = level;
    else modules[left] = level;
  }
  return { root, modules };
}

/** The thresholds behind `LogLevels`, as loggers use them. @internal */
export class LevelRegistry implements LogLevels {
  #root: LogLevel = 'info';
  readonly #modules = new Map<string, LogLevel>();
  readonly #thresholds = new Map<string, Threshold>();
  readonly #listeners: (() => void)[] = [];

  /** The threshold object of a module; the same for each call. */
  threshold(module: string): Threshold {
    let threshold = this.#thresholds.get(module);
    if (threshold === undefined) this.#thresholds.set(module, (threshold = { value: levelValues[this.get(module)] }));
    return threshold;
  }

  get(module = ''): LogLevel {
    for (let name = module; name !== ''; name = name.slice(0, Math.max(0, name.lastIndexOf('.')))) {
      const level = this.#modules.get(name);
      if (level !== undefined) return level;
    }
    return this.#root;
  }

  set(level: LogLevel, module = ''): void {
    if (!isLogLevel(level)) throw SERVICE_ERRORS.LOG_LEVEL({ level: JSON.stringify(level) });
    if (module === '') this.#root = level;
    else this.#modules.set(module, level);
    this.#refresh();
  }

  unset(module: string): void {
    this.#modules.delete(module);
    this.#refresh();
  }

  apply(settings: LevelSettings): void {
    this.#root = settings.root;
    for (const [module, level] of Object.entries(settings.modules)) this.#modules.set(module, level);
    this.#refresh();
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  toString(): string {
    return [this.#root, ...[...this.#modules].map(([module, level]) => `${module}=${level}`)].join(',');
  }

  #refresh(): void {
    for (const [module, threshold] of this.#thresholds) threshold.value = levelValues[this.get(module)];
    for (const listener of this.#listeners) listener();
  }
}
