import { AssertionError } from 'node:assert';

/** One line of the log, as it was written. */
export interface LogLine {
  /** `info`, `error`, ... */
  readonly level: string;
  readonly msg?: string;
  readonly [field: string]: unknown;
}

const levelNames: Readonly<Record<number, string>> = { 10: 'trace', 20: 'debug', 30: 'info', 40: 'warn', 50: 'error', 60: 'fatal' };

/** The log lines of a tested application: a destination for its logger that keeps them. */
export class RecordedLogs {
  readonly #lines: LogLine[] = [];
  readonly #seen = new Set<LogLine>();

  /** Every line so far, in order. */
  get lines(): readonly LogLine[] {
    return this.#lines;
  }

  /** Takes one line of JSON, as pino writes it; a line that is none is kept as a message. */
  write(text: string): void {
    for (const line of text.split('\n')) if (line.trim() !== '') this.#lines.push(parse(line));
  }

  /** The lines of a level, or all in which these fields have these values. */
  filter(wanted: string | { readonly [field: string]: unknown }): readonly LogLine[] {
    if (typeof wanted === 'string') return this.#lines.filter((line) => line.level === wanted);
    return this.#lines.filter((line) => Object.entries(wanted).every(([field, value]) => Object.is(line[field], value)));
  }

  /** The lines of level `error` and `fatal`. A test that asks for them has seen them: they no longer fail it at the end. */
  errors(): readonly LogLine[] {
    const errors = this.#lines.filter(isError);
    for (const line of errors) this.#seen.add(line);
    return errors;
  }

  /** Forgets all lines. */
  clear(): void {
    this.#lines.length = 0;
  }

  /** Throws an `AssertionError` that shows the errors which no call of `errors()` has returned. */
  expectNoErrors(): void {
    const unseen = this.#lines.filter((line) => isError(line) && !this.#seen.has(line));
    if (unseen.length === 0) return;
    throw new AssertionError({
      message: `The application logged ${unseen.length} unexpected error${unseen.length === 1 ? '' : 's'}:\n${unseen.map((line) => JSON.stringify(line)).join('\n')}`,
      stackStartFn: this.expectNoErrors,
    });
  }
}

function isError(line: LogLine): boolean {
  return line.level === 'error' || line.level === 'fatal';
}

function parse(text: string): LogLine {
  try {
    const line = JSON.parse(text) as { level?: unknown };
    const level = typeof line.level === 'number' ? (levelNames[line.level] ?? String(line.level)) : String(line.level ?? 'info');
    return { ...line, level };
  } catch {
    return { level: 'info', msg: text };
  }
}
