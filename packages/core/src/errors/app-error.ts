import type { Issue } from '@plinth/validation';

/** What went wrong, independent of a transport: http maps it to a status, a queue to "retry or not". */
export type ErrorKind =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not-found'
  | 'conflict'
  | 'gone'
  | 'too-large'
  | 'unsupported'
  | 'too-many'
  | 'unavailable'
  | 'timeout'
  | 'internal';

/** What an error may carry beyond its code, kind and detail. */
export interface AppErrorExtras {
  /** Short title of this kind of error, the same for every occurrence. */
  readonly title?: string;
  /** What the developer can do about it; http shows it outside production only. */
  readonly help?: string;
  /** The error underneath; it is logged, never sent. */
  readonly cause?: unknown;
  /** Every single thing wrong with an input, each with its JSON pointer (RFC 6901). */
  readonly issues?: readonly Issue[];
  /** Further public members of the problem details (RFC 9457, section 3.2). */
  readonly extensions?: Readonly<Record<string, unknown>>;
  /** Seconds after which another try makes sense. */
  readonly retryAfter?: number;
  /** Headers of the answer, by lower-case name. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
}

/** Everything an `AppError` is made of. */
export interface AppErrorOptions extends AppErrorExtras {
  readonly code: string;
  readonly kind: ErrorKind;
  readonly detail: string;
}

/** An `AppError` as plain data: what may be logged or sent; no stack, no cause. */
export interface AppErrorJson {
  readonly code: string;
  readonly kind: ErrorKind;
  readonly detail: string;
  readonly title?: string;
  readonly help?: string;
  readonly issues?: readonly Issue[];
  readonly extensions?: Readonly<Record<string, unknown>>;
  readonly retryAfter?: number;
}

const brand = Symbol.for('plinth.AppError');

/** An error with a stable code and a kind, whose detail may be shown to the caller. Declare them with `defineErrors`. */
export class AppError extends Error {
  override readonly name: string = 'AppError';
  readonly code: string;
  readonly kind: ErrorKind;
  readonly title?: string;
  readonly help?: string;
  readonly issues?: readonly Issue[];
  readonly extensions?: Readonly<Record<string, unknown>>;
  readonly retryAfter?: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;

  constructor(options: AppErrorOptions) {
    super(options.detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = options.code;
    this.kind = options.kind;
    if (options.title !== undefined) this.title = options.title;
    if (options.help !== undefined) this.help = options.help;
    if (options.issues !== undefined) this.issues = options.issues;
    if (options.extensions !== undefined) this.extensions = options.extensions;
    if (options.retryAfter !== undefined) this.retryAfter = options.retryAfter;
    if (options.headers !== undefined) this.headers = options.headers;
  }

  /** The sentence shown to the caller; the same text as `message`. */
  get detail(): string {
    return this.message;
  }

  /** The error as plain data, without stack, cause and headers. */
  toJSON(): AppErrorJson {
    return {
      code: this.code,
      kind: this.kind,
      detail: this.detail,
      ...(this.title !== undefined && { title: this.title }),
      ...(this.help !== undefined && { help: this.help }),
      ...(this.issues !== undefined && { issues: this.issues }),
      ...(this.extensions !== undefined && { extensions: this.extensions }),
      ...(this.retryAfter !== undefined && { retryAfter: this.retryAfter }),
    };
  }
}

Object.defineProperty(AppError.prototype, brand, { value: true });

/** Whether a value is an `AppError`, also one made by another copy of this package. */
export function isAppError(value: unknown): value is AppError {
  return value instanceof Error && (value as { [brand]?: unknown })[brand] === true;
}
