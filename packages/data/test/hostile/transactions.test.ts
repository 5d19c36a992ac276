import { AsyncResource } from 'node:async_hooks';
import { type Database, defineMigration, openDatabase, type Repository, Transactional } from '@plinth/data';
import { describeDialect } from '@plinth/data/testing';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { outcomeOf, things } from './support.js';

const wrong = (value: unknown) => value as never;
const thrown = async (call: () => Promise<unknown>): Promise<unknown> =>
  call().then(
    () => 'nothing',
    (error: unknown) => ({ error }),
  );

await describeDialect('hostile transactions', { describe, test, beforeAll, afterAll }, (suite) => {
  let db: Database;
  let rows: Repository<typeof things>;
  beforeAll(async () => {
    db = suite.database.open({
      pool: { max: 3, acquireTimeout: 2_000 },
      statementTimeout: 3_000,
      migrations: [defineMigration('1', { up: ({ createTable }) => createTable(things) })],
    });
    await db.migrate.up();
    rows = db.repository(things);
  });
  afterEach(async () => {
    await vi.waitUntil(() => db.pool.used === 0, { timeout: 5_000 });
    await rows.deleteMany({ all: true });
  });

  test.each<[string, unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['0', 0],
    ['an empty text', ''],
    ['a symbol', Symbol('x')],
    ['a frozen error', Object.freeze(new Error('frozen'))],
    ['a frozen object', Object.freeze({ code: 'DATA_DEADLOCK' })],
    ['an object without a prototype', Object.create(null)],
    ['a function', () => 1],
  ])('a function that throws %s rolls back and throws just that', async (_what, value) => {
    for (const options of [{}, { retries: 2 }]) {
      expect(
        await thrown(() =>
          db.transaction(async () => {
            await rows.insert({ name: 'x' });
            throw value;
          }, options),
        ),
      ).toStrictEqual({ error: value });
      expect(
        await thrown(() =>
          db.transaction(() => {
            throw value;
          }, options),
        ),
      ).toStrictEqual({ error: value });
    }
    expect(await rows.count()).toBe(0);
    await db.transaction(async () => {
      await rows.insert({ name: 'outer' });
      expect(
        await thrown(() =>
          db.transaction(async () => {
            await rows.insert({ name: 'inner' });
            throw value;
          }),
        ),
      ).toStrictEqual({ error: value });
    });
    expect((await rows.findMany()).map((row) => row.name)).toEqual(['outer']);
    const outcome = await outcomeOf(() =>
      db.transaction(async () => {
        await rows.insert({ name: 'joined' });
        await thrown(() =>
          db.transaction(
            () => {
              throw value;
            },
            { mode: 'required' },
          ),
        );
      }),
    );
    expect(outcome).toBe('DATA_TRANSACTION_ABORTED');
    expect(await rows.count()).toBe(1);
  });

  test('what a function gives back is awaited: thenables, lazy builders, late values', async () => {
    expect(await db.transaction(() => ({ then: (resolve: (value: number) => void) => resolve(5) }) as never)).toBe(5);
    await db.transaction(() => db.knex('hostile_things').insert({ name: 'lazy', count: 1, open: true }) as never);
    expect(await rows.count()).toBe(1);
    expect(
      await thrown(() => db.transaction(() => ({ then: (_: unknown, reject: (error: unknown) => void) => reject(7) }) as never)),
    ).toEqual({ error: 7 });
  });

  test('50 savepoints inside each other, the inner half of them undone', async () => {
    const nest = async (depth: number): Promise<void> =>
      db.transaction(async () => {
        await rows.insert({ name: `level ${depth}` });
        if (depth === 50) throw new Error('bottom');
        await (depth === 25 ? thrown(() => nest(depth + 1)) : nest(depth + 1));
      });
    await nest(1);
    expect(await rows.count()).toBe(25);
  });

  test('savepoints side by side in Promise.all keep to themselves', async () => {
    const settled = await db.transaction(() =>
      Promise.allSettled(
        Array.from({ length: 20 }, (_, index) =>
          db.transaction(async () => {
            await rows.insert({ name: `n${index}` });
            await rows.update(1, { count: index });
            if (index % 2 === 0) throw new Error('even');
          }),
        ),
      ),
    );
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
    expect((await rows.findMany()).every(({ name }) => Number(name.slice(1)) % 2 === 1)).toBe(true);
    expect(await rows.count()).toBe(10);
  });

  test('a query that loses a race is over before COMMIT, and one that comes later is refused', async () => {
    await db.transaction(() => Promise.race([rows.insert({ name: 'a' }), rows.insert({ name: 'b' })]));
    expect(await rows.count()).toBe(2);
    let late: Promise<unknown> | undefined;
    const { promise, resolve } = Promise.withResolvers<void>();
    await db.transaction(async () => {
      await rows.insert({ name: 'c' });
      late = promise.then(() => rows.insert({ name: 'late' }));
    });
    resolve();
    expect(await outcomeOf(() => late!)).toBe('DATA_TRANSACTION_CLOSED');
    expect(await rows.count()).toBe(3);
  });

  test('a timer inside keeps the transaction while it is open', async () => {
    await db.transaction(
      () => new Promise<void>((resolve, reject) => setTimeout(() => void rows.insert({ name: 'timer' }).then(() => resolve(), reject), 1)),
    );
    expect(await rows.count()).toBe(1);
    await thrown(() =>
      db.transaction(
        () => new Promise((_, reject) => setTimeout(() => void rows.insert({ name: 'undone' }).then(() => reject(new Error('x'))), 1)),
      ),
    );
    expect(await rows.count()).toBe(1);
  });

  test('a callback that lost the context runs on its own, and never in a transaction of somebody else', async () => {
    const outside = new AsyncResource('pool of callbacks');
    if (suite.dialect === 'sqlite') return;
    await thrown(() =>
      db.transaction(async () => {
        await rows.insert({ name: 'inside' });
        await outside.runInAsyncScope(() => rows.insert({ name: 'outside' }));
        throw new Error('undo');
      }),
    );
    expect((await rows.findMany()).map((row) => row.name)).toEqual(['outside']);
  });

  test('an error in finally wins, and the transaction is undone', async () => {
    const error = new Error('finally');
    const fail = (): never => {
      throw error;
    };
    expect(
      await thrown(() =>
        db.transaction(async () => {
          try {
            await rows.insert({ name: 'x' });
          } finally {
            fail();
          }
        }),
      ),
    ).toEqual({ error });
    expect(await rows.count()).toBe(0);
  });

  test('a loop over rows that is left open ends with its transaction, and the connection serves on', async () => {
    await rows.insertMany(Array.from({ length: 250 }, (_, index) => ({ name: `r${index}` })));
    const outcome = await outcomeOf(() =>
      db.transaction(async () => {
        const open = rows.iterate({ batch: 10 })[Symbol.asyncIterator]();
        await open.next();
        void (open as AsyncGenerator).return?.(undefined);
      }),
    );
    expect(outcome).toBe('ok');
    await Promise.all(Array.from({ length: 5 }, () => rows.count()));
  });

  test('writes while a loop reads are seen or not, but the loop ends', async () => {
    await rows.insertMany(Array.from({ length: 120 }, (_, index) => ({ name: `r${index}`, slug: `s${index}` })));
    const seen: number[] = [];
    for await (const row of rows.iterate({ batch: 7, orderBy: { id: 'asc' } })) {
      seen.push(row.id);
      if (seen.length === 10) await rows.deleteMany({ id: { gt: row.id + 50 } });
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBeGreaterThanOrEqual(60);
  });

  test('a transaction from afterCommit is one of its own, and a failing hook stops nobody', async () => {
    const ran: string[] = [];
    await db.transaction(async () => {
      await rows.insert({ name: 'a' });
      await db.afterCommit(() => {
        throw undefined;
      });
      await db.afterCommit(async () => {
        expect(db.inTransaction).toBe(false);
        await db.transaction(async () => {
          await rows.insert({ name: 'hook' });
          await db.afterCommit(() => void ran.push('inner'));
        });
        ran.push('outer');
      });
    });
    expect(ran).toEqual(['inner', 'outer']);
    expect(await rows.count()).toBe(2);
  });

  test('two databases in each other: each keeps its own outcome', async () => {
    const other = openDatabase({
      url: 'sqlite::memory:',
      migrations: [defineMigration('1', { up: ({ createTable }) => createTable(things) })],
    });
    await other.migrate.up();
    const there = other.repository(things);
    await thrown(() =>
      db.transaction(() =>
        other.transaction(async () => {
          await rows.insert({ name: 'here' });
          await there.insert({ name: 'there' });
          throw new Error('both');
        }),
      ),
    );
    expect([await rows.count(), await there.count()]).toEqual([0, 0]);
    await thrown(() =>
      db.transaction(async () => {
        await other.transaction(() => there.insert({ name: 'there' }));
        await rows.insert({ name: 'here' });
        throw new Error('outer');
      }),
    );
    expect([await rows.count(), await there.count()]).toEqual([0, 1]);
    await other.close();
  });

  test('more transactions than connections wait their turn; those that wait too long are told', async () => {
    await Promise.all(
      Array.from({ length: 60 }, (_, index) =>
        db.transaction(async () => {
          await rows.insert({ name: `t${index}` });
          await rows.count();
        }),
      ),
    );
    expect(await rows.count()).toBe(60);
    const { promise, resolve } = Promise.withResolvers<void>();
    const holding = Array.from({ length: suite.dialect === 'sqlite' ? 1 : 3 }, () => db.transaction(() => promise));
    expect(await outcomeOf(() => db.transaction(() => 1))).toBe('DATA_POOL_TIMEOUT');
    resolve();
    await Promise.all(holding);
    await db.transaction(() => rows.count());
  });

  test('500 upserts of one key at once are one row', async () => {
    const own = suite.database.open({ pool: { acquireTimeout: 25_000 } });
    const many = own.repository(things);
    const outcomes = await Promise.all(
      Array.from({ length: 500 }, (_, index) =>
        outcomeOf(() => many.upsert({ name: `n${index}`, slug: 'one', count: index }, { on: ['slug'] })),
      ),
    );
    await own.close();
    expect([...new Set(outcomes)]).toEqual(['ok']);
    expect(await rows.count()).toBe(1);
  }, 40_000);

  test('200 increments at once lose none', async () => {
    const { id } = await rows.insert({ name: 'counter', total: 0n });
    await Promise.all(Array.from({ length: 200 }, () => rows.update(id, { count: { increment: 1 }, total: { increment: 2n } })));
    expect(await rows.get(id)).toMatchObject({ count: 200, total: 400n });
  });

  test('of 50 rows with one unique value one is stored, and 49 are conflicts', async () => {
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => outcomeOf(() => rows.insert({ name: 'x', slug: 'same' }))));
    expect(outcomes.filter((outcome) => outcome === 'ok')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'DATA_UNIQUE')).toHaveLength(49);
  });

  test('@Transactional says what it is put on in vain', async () => {
    class Works {
      constructor(readonly db: Database) {}
      static readonly shared: Database = db;
      @Transactional() async save(fail: boolean): Promise<void> {
        await rows.insert({ name: 'save' });
        if (fail) throw new Error('x');
      }
      @Transactional({ database: 'shared' }) static async all(): Promise<boolean> {
        return this.shared.inTransaction;
      }
      @(Transactional() as never as MethodDecorator) now(): boolean {
        return this.db.inTransaction;
      }
    }
    await thrown(() => new Works(db).save(true));
    expect(await rows.count()).toBe(0);
    expect(await Works.all()).toBe(true);
    expect(await (new Works(db).now() as unknown as Promise<boolean>)).toBe(true);
    const { save } = new Works(db);
    expect(await outcomeOf(() => save(false))).toBe('DATA_TRANSACTIONAL');
    expect(await outcomeOf(() => save.call(wrong(5), false))).toBe('DATA_TRANSACTIONAL');
    expect(await outcomeOf(() => save.call(Object.create(null), false))).toBe('DATA_TRANSACTIONAL');
    const misplaced = [
      () => Transactional()({}, 'get', wrong({ get: () => 1, configurable: true })),
      () => Transactional()({}, 'field', wrong(undefined)),
      () => Transactional()({}, 'value', wrong({ value: 5 })),
      () => (Transactional() as never as (target: unknown) => void)(class {}),
    ];
    for (const place of misplaced) expect(await outcomeOf(place)).toBe('DATA_TRANSACTIONAL');
  });

  test('opened twice, closed twice, closed during work, used after: each ends', async () => {
    const first = suite.database.open();
    const second = suite.database.open();
    await Promise.all([first.repository(things).insert({ name: 'a' }), second.repository(things).insert({ name: 'b' })]);
    const working = outcomeOf(() =>
      first.transaction(async () => {
        await first.repository(things).insert({ name: 'c' });
        await new Promise((resolve) => setTimeout(resolve, 20));
        await first.repository(things).count();
      }),
    );
    await new Promise((resolve) => setTimeout(resolve, 5));
    await Promise.all([first.close(), first.close()]);
    expect(await working).toMatch(/^(?:ok|DATA_.*)$/);
    await first.close();
    for (const use of [
      () => first.ping(),
      () => first.transaction(() => 1),
      () => first.repository(things).count(),
      () => first.knex('hostile_things').select(),
      () => first.sql`select 1`,
      () => first.repository(things).iterate()[Symbol.asyncIterator]().next(),
      () => first.migrate.up(),
    ])
      expect(await outcomeOf(use)).toBe('DATA_CLOSED');
    const never = second.transaction(() => new Promise(() => undefined));
    never.catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 20));
    await second.close(50);
    expect(await rows.count()).toBe((await working) === 'ok' ? 3 : 2);
  });
});
