import { createRequire } from 'node:module';
import type { Writable } from 'node:stream';

// pg's own conversion of dates, lists and objects, so that a value is written alike whichever way it is sent.
const require = createRequire(import.meta.url);
let prepareValue: ((value: unknown) => string | Buffer | null) | undefined;

const firstSize = 16_384;

/**
 * Messages of PostgreSQL's extended query protocol (documentation, "Message Formats"), gathered in one buffer. Everything written in one
 * turn of the event loop goes out with a single write, whoever wrote it.
 */
export class PostgresMessages {
  #buffer = Buffer.allocUnsafe(firstSize);
  #length = 0;
  #scheduled = false;

  constructor(private readonly stream: () => Writable) {}

  /** The position to go back to when a value of a half-written message cannot be converted. */
  get mark(): number {
    return this.#length;
  }

  reset(mark: number): void {
    this.#length = mark;
  }

  parse(name: string, text: string): void {
    const start = this.#begin(0x50, 16 + 3 * (name.length + text.length));
    this.#text(name);
    this.#text(text);
    this.#int16(0);
    this.#end(start);
  }

  /** Values in text format, bytes in binary; rows come back as text. Throws what pg throws at a value that it cannot convert. */
  bind(portal: string, name: string, values: readonly unknown[]): void {
    const start = this.#begin(0x42, 32 + 3 * (portal.length + name.length) + 6 * values.length);
    this.#text(portal);
    this.#text(name);
    this.#int16(values.length);
    const formats = this.#length;
    this.#buffer.fill(0, formats, formats + 2 * values.length);
    this.#length += 2 * values.length;
    this.#int16(values.length);
    for (let index = 0; index < values.length; index++) {
      if (this.#value(values[index])) this.#buffer[formats + 2 * index + 1] = 1;
    }
    this.#reserve(2);
    this.#int16(0);
    this.#end(start);
  }

  describePortal(portal: string): void {
    this.#named(0x44, 0x50, portal);
  }

  closeStatement(name: string): void {
    this.#named(0x43, 0x53, name);
  }

  closePortal(portal: string): void {
    this.#named(0x43, 0x50, portal);
  }

  /** `rows`: how many at most; 0 for all. */
  execute(portal: string, rows: number): void {
    const start = this.#begin(0x45, 16 + 3 * portal.length);
    this.#text(portal);
    this.#int32(rows);
    this.#end(start);
  }

  sync(): void {
    this.#end(this.#begin(0x53, 8));
  }

  query(text: string): void {
    const start = this.#begin(0x51, 16 + 3 * text.length);
    this.#text(text);
    this.#end(start);
  }

  /** Sends what was written at the end of this turn of the event loop. */
  send(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    process.nextTick(() => this.flush());
  }

  /** Sends what was written now: before pg writes by itself. */
  flush(): void {
    this.#scheduled = false;
    if (this.#length === 0) return;
    const stream = this.stream();
    if (stream.writable) stream.write(this.#buffer.subarray(0, this.#length));
    // The socket may still hold what it was given, so the buffer is never written over.
    this.#buffer = this.#buffer.length - this.#length > 4_096 ? this.#buffer.subarray(this.#length) : Buffer.allocUnsafe(firstSize);
    this.#length = 0;
  }

  #begin(code: number, room: number): number {
    this.#reserve(room);
    this.#buffer[this.#length] = code;
    this.#length += 5;
    return this.#length - 4;
  }

  #end(start: number): void {
    this.#buffer.writeInt32BE(this.#length - start, start);
  }

  #named(code: number, kind: number, name: string): void {
    const start = this.#begin(code, 16 + 3 * name.length);
    this.#buffer[this.#length++] = kind;
    this.#text(name);
    this.#end(start);
  }

  /** Writes one value with its length; whether it is in binary format. */
  #value(given: unknown): boolean {
    const value = toWire(given);
    if (value === null) {
      this.#reserve(4);
      this.#int32(-1);
      return false;
    }
    if (typeof value === 'string') {
      this.#reserve(4 + 3 * value.length);
      const written = this.#buffer.write(value, this.#length + 4);
      this.#int32(written);
      this.#length += written;
      return false;
    }
    this.#reserve(4 + value.length);
    this.#int32(value.length);
    this.#buffer.set(value, this.#length);
    this.#length += value.length;
    return true;
  }

  #text(text: string): void {
    this.#length += this.#buffer.write(text, this.#length);
    this.#buffer[this.#length++] = 0;
  }

  #int16(value: number): void {
    this.#buffer.writeUInt16BE(value, this.#length);
    this.#length += 2;
  }

  #int32(value: number): void {
    this.#buffer.writeInt32BE(value, this.#length);
    this.#length += 4;
  }

  #reserve(room: number): void {
    if (this.#length + room <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(2 * this.#buffer.length, this.#length + room));
    this.#buffer.copy(larger, 0, 0, this.#length);
    this.#buffer = larger;
  }
}

function toWire(value: unknown): string | Uint8Array | null {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return null;
  if (typeof value !== 'object') return String(value);
  prepareValue ??= (require('pg/lib/utils.js') as { prepareValue: (value: unknown) => string | Buffer | null }).prepareValue;
  return prepareValue(value);
}
