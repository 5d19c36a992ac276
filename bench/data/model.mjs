// The rows of the benchmark, as functions of their key: what is seeded, and what every contender must give back.
export const SIZES = { authors: 100, articles: 2_000, tags: 50, comments: 6_000, accounts: 2_000, worlds: 10_000, fortunes: 12 };
export const BULK_ROWS = 1_000;
export const PAGE_ROWS = 20;

const midnight = Date.UTC(2026, 0, 1);
const text = 'The quick brown fox jumps over the lazy dog, while the five boxing wizards watch. ';

export const author = (id) => ({ id, email: `author${id}@example.org`, name: `Author ${id}` });

export const article = (id) => ({
  id,
  authorId: 1 + (id % SIZES.authors),
  title: `Article number ${id}`,
  body: text.repeat(1 + (id % 4)),
  published: id % 3 !== 0,
  views: id * 7,
  createdAt: new Date(midnight + id * 61_007),
});

export const tag = (id) => ({ id, label: `tag-${id}` });

export const tagIdsOf = (articleId) => [0, 7, 19].map((step) => 1 + ((articleId + step) % SIZES.tags));

export const comment = (id) => ({
  id,
  articleId: 1 + ((id - 1) % SIZES.articles),
  writer: `reader${id % 321}`,
  body: `Comment ${id}. ${text}`,
});

export const account = (id) => ({ id, owner: `Owner ${id}`, balance: 1_000 });

export const world = (id) => ({ id, randomNumber: 1 + ((id * 7_919) % SIZES.worlds) });

export const fortune = (id) => ({
  id,
  message: id === 11 ? '<script>alert("This is no dialog.");</script>' : `Fortune ${id}: フレームワークのベンチマーク`,
});

/** A row to insert, its key left to the database. */
export const note = (n) => ({
  authorId: 1 + (n % SIZES.authors),
  body: `Note ${n}. ${text}`,
  pinned: n % 2 === 0,
  createdAt: new Date(midnight + n),
});

/** A row of a bulk insert, with its key: so nobody needs to ask the database for it. */
export const reading = (id) => ({
  id,
  device: `device-${id % 50}`,
  metric: id % 2 === 0 ? 'temperature' : 'humidity',
  value: (id % 1_000) / 8,
  ok: id % 10 !== 0,
  takenAt: new Date(midnight + id * 1_000),
});

/** An article with its author, tags and comments. */
export const articleWithRelations = (id) => {
  const row = article(id);
  const comments = [0, 1, 2].map((step) => comment(id + step * SIZES.articles));
  return { ...row, author: author(row.authorId), tags: tagIdsOf(id).map(tag), comments };
};

/** `make(1)` to `make(count)`. */
export const rowsOf = (count, make) => Array.from({ length: count }, (_, index) => make(index + 1));
