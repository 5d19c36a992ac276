import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's root folder. */
export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Node and pnpm, when this machine has none that fit, and the stamps of what has been done. Git-ignored. */
export const TOOLS = resolve(ROOT, '.tools');
