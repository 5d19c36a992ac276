// Plinth as shipped; only the queue of its pool is longer, for 64 callers that ask 20 things at once.

// Its sources would not do: what compiles them on the fly turns private fields into calls.
const { boolean, double, id, integer, many, manyToMany, one, openDatabase, table, text, timestamp } = await import(
  process.env.BENCH_PLINTH_DATA ?? '@plinth/data'
);

const authors = table('authors', { id: id(), email: text({ max: 255 }).unique(), name: text({ max: 80 }) });
const articles = table('articles', {
  id: id(),
  authorId: integer().references(() => authors.id),
  title: text({ max: 200 }),
  body: text(),
  published: boolean(),
  views: integer(),
  createdAt: timestamp(),
});
const tags = table('tags', { id: id(), label: text({ max: 80 }).unique() });
const articleTags = table(
  'article_tags',
  { articleId: integer().references(() => articles.id), tagId: integer().references(() => tags.id) },
  { primary: ['articleId', 'tagId'] },
);
const comments = table('comments', {
  id: id(),
  articleId: integer().references(() => articles.id),
  writer: text({ max: 80 }),
  body: text(),
});
const accounts = table('accounts', { id: id(), owner: text({ max: 80 }), balance: integer() });
const notes = table('notes', { id: id(), authorId: integer(), body: text(), pinned: boolean(), createdAt: timestamp() });
const readings = table('readings', {
  id: integer().primary(),
  device: text({ max: 80 }),
  metric: text({ max: 80 }),
  value: double(),
  ok: boolean(),
  takenAt: timestamp(),
});
const worlds = table('worlds', { id: id(), randomNumber: integer() });
const fortunes = table('fortunes', { id: id(), message: text({ max: 200 }) });

const relations = {
  author: one(authors, 'authorId'),
  tags: manyToMany(tags, { through: articleTags, from: 'articleId', to: 'tagId' }),
  comments: many(comments, 'articleId'),
};

export async function open({ database, url, connections }) {
  const db = openDatabase({ url: database === 'sqlite' ? `sqlite:${url}` : url, pool: { max: connections, maxWaiting: 5_000 } });
  const articleRows = db.repository(articles);
  const accountRows = db.repository(accounts);
  const noteRows = db.repository(notes);
  const readingRows = db.repository(readings);
  const worldRows = db.repository(worlds);
  const fortuneRows = db.repository(fortunes);
  return {
    findById: (key) => articleRows.find(key),
    find20: (authorId) => articleRows.findMany({ where: { authorId }, orderBy: { id: 'asc' }, limit: 20 }),
    insert: (note) => noteRows.insert(note),
    updateInTransaction: (key, balance) => db.transaction(() => accountRows.updateMany({ id: key }, { balance })),
    transactionOfThree: (key) =>
      db.transaction(async () => {
        const { balance } = await accountRows.find(key);
        await accountRows.updateMany({ id: key }, { balance: balance + 1 });
        return accountRows.find(key);
      }),
    pageWithRelations: (from, limit) =>
      articleRows.findMany({ where: { id: { gte: from } }, orderBy: { id: 'asc' }, limit, with: relations }),
    bulkInsert: (rows) => readingRows.insertMany(rows),
    world: (key) => worldRows.find(key),
    // find() of one turn become one query; findOne() never does.
    worldAlone: (key) => worldRows.findOne({ id: key }),
    updateWorld: (key, randomNumber) => worldRows.update(key, { randomNumber }),
    fortunes: () => fortuneRows.findMany(),
    close: () => db.close(),
  };
}
