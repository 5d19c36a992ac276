import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** The place in which a process id means one process: this machine since it booted, and in a container that container. */
const place = createHash('sha256')
  .update(`${hostname()} ${readOr('', () => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8'))} ${namespace()}`)
  .digest('hex')
  .slice(0, 16);

/** This process as a text for names of files: ids of processes come again, so it holds the time of its start where that can be asked. */
export const PROCESS_IDENTITY = `${place}-${process.pid}-${startOf(process.pid) ?? '0'}`;

/** Whether the process of an identity has certainly ended. `false` for those of other places, of which nothing can be known here. */
export function hasEnded(identity: string): boolean {
  const [, at, pid, start] = /^([0-9a-f]{16})-(\d{1,10})-(\d{1,20})$/.exec(identity) ?? [];
  if (at !== place || pid === undefined) return false;
  if (!isAlive(Number(pid))) return true;
  const now = startOf(Number(pid));
  return now !== undefined && start !== '0' && now !== start;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // One that belongs to somebody else is there, too.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** Clock ticks from the boot to the start of a process (proc_pid_stat(5), field 22); `undefined` where there is no such file. */
function startOf(pid: number): string | undefined {
  const text = readOr('', () => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  // The second field is a name in parentheses, and may hold any character.
  return text.slice(text.lastIndexOf(')') + 2).split(' ')[19];
}

function namespace(): string {
  return readOr('', () => readlinkSync('/proc/self/ns/pid'));
}

function readOr(otherwise: string, read: () => string): string {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
