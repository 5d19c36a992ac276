// The driver alone, prepared by hand: what everything else is measured against.
const modules = { postgres: './raw-postgres.mjs', mysql: './raw-mysql.mjs', sqlite: './raw-sqlite.mjs' };

export const open = async (options) => (await import(modules[options.database])).open(options);
