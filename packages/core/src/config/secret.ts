import { createHash, timingSafeEqual } from 'node:crypto';
import { inspect } from 'node:util';

const mask = '[secret]';

/** A value that prints as `[secret]` wherever it is printed: strings, JSON, inspection, logs. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The value itself. Hand it on at once; don't keep or print it. */
  reveal(): string {
    return this.#value;
  }

  /** Whether the value is this text; takes the same time whichever character differs. */
  equals(other: string | Secret): boolean {
    return timingSafeEqual(digest(this.#value), digest(other instanceof Secret ? other.#value : other));
  }

  toString(): string {
    return mask;
  }

  toJSON(): string {
    return mask;
  }

  [Symbol.toPrimitive](): string {
    return mask;
  }

  [inspect.custom](): string {
    return mask;
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
