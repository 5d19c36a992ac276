import { connect, type Socket } from 'node:net';

/** What became of a raw connection. */
export interface RawOutcome {
  /** Ids of the requests whose last byte the client has handed to its socket before anything told it to stop. */
  readonly sent: readonly string[];
  /** Bodies of the complete answers, in order. */
  readonly answers: readonly string[];
  /** What came after the last complete answer. */
  readonly rest: string;
  /** Code of the error that ended the connection; `undefined` where it was closed in good order. */
  readonly error: string | undefined;
}

/** A connection that is written to by hand and reads whole answers with a Content-Length. */
export class RawClient {
  readonly socket: Socket;
  readonly sent: string[] = [];
  readonly answers: string[] = [];
  /** Whether the server has ended the connection, or has said that it will. */
  closing = false;
  readonly ended: Promise<RawOutcome>;
  #text = '';
  #error: string | undefined;
  #waiting: (() => void)[] = [];

  constructor(port: number) {
    this.socket = connect(port, '127.0.0.1');
    this.socket.setNoDelay(true);
    this.socket.on('data', (chunk) => this.#take(chunk.toString('latin1')));
    this.socket.on('error', (error: NodeJS.ErrnoException) => (this.#error = error.code ?? 'broken'));
    this.socket.on('end', () => this.#close());
    this.ended = new Promise((resolve) =>
      this.socket.on('close', () => {
        this.#close();
        const { sent, answers } = this;
        resolve({ sent, answers, rest: this.#text, error: this.#error });
      }),
    );
  }

  get connected(): Promise<void> {
    return new Promise((resolve) => (this.socket.connecting ? this.socket.once('connect', resolve) : resolve()));
  }

  /** Writes text that completes the requests of these ids. */
  write(text: string, ...ids: readonly string[]): void {
    if (this.closing) return;
    this.sent.push(...ids);
    this.socket.write(text, 'latin1');
  }

  /** Waits until so many answers have come, or none will. */
  async until(count: number): Promise<void> {
    while (this.answers.length < count && !this.closing) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  #take(text: string): void {
    this.#text += text;
    for (;;) {
      const end = this.#text.indexOf('\r\n\r\n');
      const length = /\r\nContent-Length: (\d+)\r\n/i.exec(this.#text.slice(0, end + 4))?.[1];
      if (end === -1 || length === undefined || this.#text.length < end + 4 + Number(length)) break;
      const head = this.#text.slice(0, end);
      const body = this.#text.slice(end + 4, end + 4 + Number(length));
      this.#text = this.#text.slice(end + 4 + Number(length));
      this.answers.push(head.startsWith('HTTP/1.1 200 ') ? body : head.split('\r\n', 1)[0]!);
      if (/\r\nConnection: close(\r\n|$)/i.test(head)) this.closing = true;
    }
    this.#wake();
  }

  #close(): void {
    this.closing = true;
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}
