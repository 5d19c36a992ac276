import { isAppError, type Logger, type OnBoot, type OnStart, type Problem, toProblem } from '@plinth/core';
import { DATA_ERRORS } from '../errors.js';
import type { Database } from './database.js';

// A database in a neighbouring container is often a moment later than the application.
const attempts = 3;
const pause = 500;

/** Makes sure at boot that the database is there, and brings its schema up when the application asked for that. */
export class DatabaseLifecycle implements OnBoot, OnStart {
  constructor(
    private readonly database: Database,
    private readonly logger: Logger,
    private readonly migrate: boolean,
    /** The application is only looked at: whether the database is there does not matter. */
    private readonly inspected: boolean,
  ) {}

  async onBoot(): Promise<readonly Problem[] | void> {
    if (this.inspected) return;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.database.ping();
      } catch (error) {
        if (!isAppError(error)) throw error;
        if (error.code === 'DATA_DRIVER_MISSING' || error.code === 'DATA_DIRECTORY') return [toProblem(error)];
        if (attempt === attempts || isFinal(error)) return [toProblem(this.#toUnreachable(error))];
      }
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }

  async onStart(): Promise<void> {
    if (!this.migrate) return;
    const applied = await this.database.migrate.up();
    const seeded = await this.database.seed.run();
    if (applied.length > 0 || seeded.length > 0) this.logger.info({ applied, seeded }, 'The database is up to date');
  }

  #toUnreachable(error: Error): Error & Parameters<typeof toProblem>[0] {
    const cause = error.cause instanceof Error ? (error.cause as Error & { code?: string }) : undefined;
    const reason = cause?.code === undefined ? error.message.replace(/\.$/, '') : (reasons[cause.code] ?? `the driver says ${cause.code}`);
    return DATA_ERRORS.UNREACHABLE_AT_START({ url: this.database.url, reason }, { cause: error });
  }
}

// Waiting mends no file.
const final: ReadonlySet<string> = new Set(['SQLITE_NOTADB', 'SQLITE_CORRUPT', 'SQLITE_CANTOPEN', 'SQLITE_PERM', 'SQLITE_FULL']);

function isFinal({ cause }: Error): boolean {
  return cause instanceof Error && final.has(String((cause as Error & { code?: string }).code));
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there (ECONNREFUSED)',
  ENOTFOUND: 'its host name is unknown (ENOTFOUND)',
  EAI_AGAIN: 'its host name cannot be looked up (EAI_AGAIN)',
  ETIMEDOUT: 'it does not answer (ETIMEDOUT)',
  '28P01': 'the user or password is refused (28P01)',
  '28000': 'the user is refused (28000)',
  '3D000': 'the server has no database of that name (3D000)',
  ER_ACCESS_DENIED_ERROR: 'the user or password is refused (ER_ACCESS_DENIED_ERROR)',
  ER_DBACCESS_DENIED_ERROR: 'the user has no rights on the database (ER_DBACCESS_DENIED_ERROR)',
  ER_BAD_DB_ERROR: 'the server has no database of that name (ER_BAD_DB_ERROR)',
  SQLITE_CANTOPEN: 'the file cannot be opened (SQLITE_CANTOPEN)',
  SQLITE_CORRUPT: 'the file is damaged (SQLITE_CORRUPT)',
  SQLITE_FULL: 'the disk is full (SQLITE_FULL)',
  SQLITE_PERM: 'the file may not be opened (SQLITE_PERM)',
  SQLITE_NOTADB: 'the file is no SQLite database (SQLITE_NOTADB)',
};
