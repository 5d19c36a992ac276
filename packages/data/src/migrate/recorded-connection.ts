import type { Connection, DialectName, Result, Statement } from '../dialect/dialect.js';
import { changesSchema, isControl } from './statement-kind.js';

/** The same connection, which notes the text of each statement that succeeded; never the values. */
export function recordStatements(connection: Connection, statements: string[]): Connection {
  return over(connection, {
    run: async (statement: Statement) => {
      const result = await connection.run(statement);
      if (!isControl(statement.sql)) statements.push(statement.sql);
      return result;
    },
    send: undefined,
    runNow: undefined,
  });
}

/** A connection that only notes statements: nothing is run, and each is answered as if there were no rows. */
export function captureStatements(connection: Connection, dialect: DialectName, statements: string[]): Connection {
  const state = { idle: true };
  return over(connection, {
    run: async ({ sql }: Statement) => {
      if (!isControl(sql)) statements.push(sql);
      else if (/^\s*(?:begin|start)/i.test(sql)) state.idle = false;
      else if (/^\s*(?:commit|rollback\s*$)/i.test(sql)) state.idle = true;
      // As MySQL and MariaDB do.
      if (dialect === 'mysql' && changesSchema(sql)) state.idle = true;
      return nothing(dialect);
    },
    get idle() {
      return state.idle;
    },
    send: undefined,
    runNow: undefined,
    stream: undefined,
    spoil: () => undefined,
  });
}

function nothing(dialect: DialectName): Result {
  const raw = {
    postgres: { rows: [], rowCount: 0, command: '', fields: [] },
    mysql: [[], []],
    sqlite: { response: [], context: {} },
    mssql: { response: [] },
  }[dialect];
  return { rows: [], affected: 0, raw };
}

/** The connection with some of its members replaced; the others keep their own `this`. */
function over(connection: Connection, members: object): Connection {
  return new Proxy(connection, {
    get(target, key) {
      if (key in members) return Reflect.get(members, key) as unknown;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
    set: (target, key, value) => Reflect.set(target, key, value, target),
  });
}
