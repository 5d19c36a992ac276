import type { Database } from '../database/database.js';
import { DATA_ERRORS } from '../errors.js';
import type { TransactionOptions } from './transaction.js';

/** The options of `Transactional`. */
export interface TransactionalOptions extends TransactionOptions {
  /** The property of the object that holds the database. Needed only where it has several, or keeps it in a #private one's getter. */
  readonly database?: string;
}

/** A method decorator for methods that give a promise; anything else does not compile. */
export type AsyncMethodDecorator = <A extends unknown[], R>(
  target: object,
  name: string | symbol,
  descriptor: TypedPropertyDescriptor<(...args: A) => Promise<R>>,
) => void;

/**
 * Runs an asynchronous method in a transaction of the database that its object holds in a property, such as a constructor's
 * `private readonly db: Database`. Throws `DATA_TRANSACTIONAL` when there is no such property, or several and none is named.
 *
 * @example
 * class Transfers {
 *   constructor(private readonly db: Database) {}
 *
 *   \@Transactional({ isolation: 'serializable', retries: 3 })
 *   async transfer(from: string, to: string, amount: number) {}
 * }
 */
export function Transactional({ database, ...options }: TransactionalOptions = {}): AsyncMethodDecorator {
  return (target, name, descriptor) => {
    // Where decorators are not checked by the compiler, it may stand on a getter, a property or a class.
    const method = (descriptor as typeof descriptor | undefined)?.value;
    if (typeof method !== 'function') throw refuse(target, String(name), 'it stands on something that is no method');
    descriptor.value = function (this: object, ...args) {
      return databaseOf(this, database, String(name)).transaction(() => method.apply(this, args), options);
    };
  };
}

// An object's properties do not change what they hold, so they are looked through once.
const found = new WeakMap<object, Database>();

function databaseOf(self: object, property: string | undefined, method: string): Database {
  if ((typeof self !== 'object' && typeof self !== 'function') || self === null)
    throw refuse(undefined, method, 'it was called without its object; keep the object before the dot, or bind the method');
  if (property !== undefined) {
    const value = (self as Readonly<Record<string, unknown>>)[property];
    if (isDatabase(value)) return value;
    throw refuse(self, method, `its property ${property} holds no database`);
  }
  const known = found.get(self);
  if (known !== undefined) return known;
  const all = [...new Set(Object.values(self).filter(isDatabase))];
  if (all.length === 0) throw refuse(self, method, 'none of its properties holds a database');
  if (all.length > 1) throw refuse(self, method, 'several of its properties hold a database');
  found.set(self, all[0]!);
  return all[0]!;
}

function isDatabase(value: unknown): value is Database {
  if (typeof value !== 'object' || value === null) return false;
  const { transaction, afterCommit, repository } = value as Partial<Database>;
  return [transaction, afterCommit, repository].every((member) => typeof member === 'function');
}

function refuse(self: object | undefined, method: string, reason: string): Error {
  const owner = (self as { readonly constructor?: { readonly name?: string } } | undefined)?.constructor?.name;
  return DATA_ERRORS.TRANSACTIONAL({ method: owner === undefined ? method : `${owner}.${method}`, reason });
}
