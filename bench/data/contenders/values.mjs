// What an application does by hand where its query builder leaves values as the driver gives them.

const same = (row) => row;
const booleanOf = (row) => {
  row.published = row.published === 1;
  return row;
};

/** An article as the driver read it, made what the application works with. */
export const fromDriver = {
  postgres: same,
  mysql: booleanOf,
  sqlite(row) {
    row.createdAt = new Date(row.createdAt);
    return booleanOf(row);
  },
};

/** A row as the driver takes it. better-sqlite3 binds neither booleans nor dates. */
export const toDriver = {
  postgres: same,
  mysql: same,
  sqlite(row) {
    const stored = {};
    for (const key of Object.keys(row)) {
      const value = row[key];
      stored[key] = typeof value === 'boolean' ? (value ? 1 : 0) : value instanceof Date ? value.toISOString() : value;
    }
    return stored;
  },
};
