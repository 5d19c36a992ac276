// What is measured: how each work is asked of a contender, and what must come back.
import * as model from './model.mjs';

const { SIZES, BULK_ROWS, PAGE_ROWS } = model;

const some = (count, random, of) => {
  const chosen = new Set();
  while (chosen.size < count) chosen.add(1 + random(of));
  return [...chosen];
};

const findById = {
  title: 'find by id',
  arguments: (random) => 1 + random(SIZES.articles),
  call: (contender, id) => contender.findById(id),
  expected: (id) => model.article(id),
};

const find20 = {
  title: '20 rows by index',
  arguments: (random) => 1 + random(SIZES.authors),
  call: (contender, authorId) => contender.find20(authorId),
  expected: (authorId) =>
    model
      .rowsOf(SIZES.articles, model.article)
      .filter((row) => row.authorId === authorId)
      .slice(0, 20),
};

const insert = {
  title: 'insert',
  arguments: (_random, next) => model.note(next),
  call: (contender, note) => contender.insert(note),
  expected: (note, result) => ({ ...note, id: result.id }),
  stored: { table: 'notes', rows: (note, result) => [{ ...note, id: result.id }] },
};

const updateInTransaction = {
  title: 'update in a transaction',
  arguments: (random, next) => [1 + random(SIZES.accounts), next],
  call: (contender, [id, balance]) => contender.updateInTransaction(id, balance),
  expected: () => 1,
  stored: { table: 'accounts', rows: ([id, balance]) => [{ ...model.account(id), balance }] },
};

const transactionOfThree = {
  title: 'transaction of three',
  arguments: (random) => 1 + random(SIZES.accounts),
  call: (contender, id) => contender.transactionOfThree(id),
  expected: (id, result) => ({ ...model.account(id), balance: result.balance }),
  stored: { table: 'accounts', rows: (id, result) => [{ ...model.account(id), balance: result.balance }] },
};

const pageWithRelations = {
  title: 'page with relations',
  arguments: (random) => 1 + random(SIZES.articles - PAGE_ROWS),
  call: (contender, from) => contender.pageWithRelations(from, PAGE_ROWS),
  expected: (from) => Array.from({ length: PAGE_ROWS }, (_, index) => model.articleWithRelations(from + index)),
};

const bulkInsert = {
  title: `bulk insert of ${BULK_ROWS}`,
  arguments: (_random, next) => Array.from({ length: BULK_ROWS }, (_, index) => model.reading(next * BULK_ROWS + index)),
  call: (contender, rows) => contender.bulkInsert(rows),
  stored: { table: 'readings', rows: (rows) => rows },
};

/** On each database. */
export const WORKS = { findById, find20, insert, updateInTransaction, transactionOfThree, pageWithRelations, bulkInsert };

/** On PostgreSQL with 64 callers, as TechEmpower's. */
export const BEYOND = {
  oneRow: {
    title: 'one row by id',
    arguments: (random) => 1 + random(SIZES.worlds),
    call: (contender, id) => contender.world(id),
    expected: (id) => model.world(id),
  },
  twentyFinds: {
    title: '20 rows, 20 finds',
    arguments: (random) => some(20, random, SIZES.worlds),
    call: (contender, ids) => Promise.all(ids.map((id) => contender.world(id))),
    expected: (ids) => ids.map(model.world),
  },
  // The same rows, asked for in a way that a library does not join into one query by itself.
  twentyQueries: {
    title: '20 rows, 20 queries',
    arguments: (random) => some(20, random, SIZES.worlds),
    call: (contender, ids) => Promise.all(ids.map((id) => (contender.worldAlone ?? contender.world)(id))),
    expected: (ids) => ids.map(model.world),
  },
  fortunes: {
    title: 'fortunes',
    arguments: () => undefined,
    call: async (contender) => renderFortunes(await contender.fortunes()),
    expected: () => renderFortunes(model.rowsOf(SIZES.fortunes, model.fortune)),
  },
  twentyUpdates: {
    title: '20 finds and 20 updates',
    arguments: (random, next) => ({ ids: some(20, random, SIZES.worlds), number: 1 + (next % SIZES.worlds) }),
    async call(contender, { ids, number }) {
      const rows = await Promise.all(ids.map((id) => contender.world(id)));
      for (const row of rows) row.randomNumber = number;
      await Promise.all(rows.map((row) => contender.updateWorld(row.id, row.randomNumber)));
      return rows;
    },
    expected: ({ ids, number }) => ids.map((id) => ({ id, randomNumber: number })),
    stored: { table: 'worlds', rows: ({ ids, number }) => ids.map((id) => ({ id, randomNumber: number })) },
  },
};

export const ALL_WORKS = { ...WORKS, ...BEYOND };

/** The tables that a work adds rows to: emptied after each of its measurements. */
export const GROWING = { insert: 'notes', bulkInsert: 'readings' };

function renderFortunes(rows) {
  const all = [...rows, { id: 0, message: 'Additional fortune added at request time.' }];
  all.sort((a, b) => (a.message < b.message ? -1 : 1));
  let html = '<!DOCTYPE html><html><head><title>Fortunes</title></head><body><table><tr><th>id</th><th>message</th></tr>';
  for (const { id, message } of all) html += `<tr><td>${id}</td><td>${escape(message)}</td></tr>`;
  return `${html}</table></body></html>`;
}

const escapes = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escape = (text) => (/[&<>"']/.test(text) ? text.replaceAll(/[&<>"']/g, (letter) => escapes[letter]) : text);
