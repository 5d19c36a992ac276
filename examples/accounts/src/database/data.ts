import { DataModule } from '@plinth/data';
import { DEFAULT_DATABASE } from '../accounts.config.js';
import { migrations } from './migrations/index.js';

/** The database, migrated when the application starts. */
export const Data = DataModule.with({ url: DEFAULT_DATABASE, migrations, migrate: 'start' });
