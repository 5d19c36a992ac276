import { EventEmitter } from 'node:events';
import type { Request } from 'tedious';

/** A statement as the server would have received it. */
export interface Sent {
  readonly sql: string;
  readonly values?: readonly unknown[];
  readonly types?: readonly string[];
}

/** What the server answers to a statement. */
export interface Answer {
  readonly rows?: readonly Readonly<Record<string, unknown>>[];
  readonly affected?: number;
  readonly error?: Error;
}

/** What was sent, with which options, and what comes back. */
export const server = {
  sent: [] as Sent[],
  configs: [] as unknown[],
  answer: (_sql: string): Answer | undefined => undefined,
};

/** The driver's connection without a server behind it: it keeps the driver's requests, values and types, and transactions by their statements. */
export class ConnectionInMemory extends EventEmitter {
  inTransaction = false;
  closed = false;

  constructor(config: unknown) {
    super();
    server.configs.push(config);
  }

  connect(done: (error?: Error) => void): void {
    setImmediate(done);
  }

  execSqlBatch(request: Request): void {
    this.#run({ sql: request.sqlTextOrProcedure ?? '' }, request);
  }

  execSql(request: Request): void {
    const parameters = request.parameters;
    const used = parameters.map(({ name }) => `@${name}`);
    const missing = used.find((name) => !new RegExp(`${name}\\b`).test(request.sqlTextOrProcedure ?? ''));
    if (missing !== undefined) throw new Error(`${missing} is bound and stands nowhere in ${request.sqlTextOrProcedure}`);
    this.#run(
      {
        sql: request.sqlTextOrProcedure ?? '',
        values: parameters.map(({ value }) => value),
        types: parameters.map(({ type }) => type.name),
      },
      request,
    );
  }

  cancel(): boolean {
    return true;
  }

  close(): void {
    this.closed = true;
    setImmediate(() => this.emit('end'));
  }

  #run(sent: Sent, request: Request): void {
    server.sent.push(sent);
    if (/begin transaction/.test(sent.sql)) this.inTransaction = true;
    if (/^commit|^if @@trancount > 0 rollback transaction$/.test(sent.sql)) this.inTransaction = false;
    const { rows = [], affected, error } = server.answer(sent.sql) ?? {};
    setImmediate(() => {
      for (const row of rows)
        request.emit(
          'row',
          Object.entries(row).map(([colName, value]) => ({ value, metadata: { colName } })),
        );
      request.callback(error, affected ?? (/^(?:insert|update|delete|merge)\b/.test(sent.sql) ? 1 : rows.length));
    });
  }
}

/** An error as the server reports it. */
export function serverError(number: number, message: string): Error {
  return Object.assign(new Error(message), { code: 'EREQUEST', number, class: 14 });
}
