import type { DownOptions } from '@plinth/data';
import type { Call } from '../command.js';

/** Which migrations are undone. */
export const downOptions = [
  ['--steps <n>', 'so many migrations, instead of those that were applied last together'],
  ['--to <name>', 'all that come after this one'],
  ['--all', 'all of them'],
] as const;

/** What `down` is called with. Whether it makes sense is for the migrator to say. */
export function readDownOptions({ options }: Call): DownOptions {
  const { steps, to, all } = options as { steps?: string; to?: string; all?: boolean };
  return {
    ...(steps !== undefined && { steps: Number(steps) }),
    ...(to !== undefined && { to }),
    ...(all === true && { all }),
  } as DownOptions;
}
