/** The settings of every SQLite connection of the benchmark; Plinth makes the same by itself. */
export function prepareSqlite(db) {
  for (const pragma of ['journal_mode = WAL', 'synchronous = NORMAL', 'foreign_keys = ON']) db.pragma(pragma);
  return db;
}
