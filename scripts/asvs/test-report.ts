import { join } from 'node:path';
import { ROOT } from '../lib/workspace.ts';

/** Where `.ci/run` has the tests leave the report of their run. */
export const TEST_REPORT = process.env['PLINTH_TEST_REPORT'] ?? join(ROOT, 'node_modules', '.cache', 'plinth', 'tests.json');
