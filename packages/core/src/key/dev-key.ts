import { randomBytes } from 'node:crypto';
import { chmodSync, linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SERVICE_ERRORS } from '../errors/service-errors.js';
import { keyLength, parseKeys } from './parse-keys.js';

/** Where the key of development is kept, below the working directory. */
export const devKeyFile = join('.plinth', 'dev-key');

/**
 * The key of this machine's development, made on first use: mode 0600, in a directory that git ignores. Processes that start at
 * once agree on one key. Throws `CORE_KEY_FILE`.
 */
export function readDevKey(file: string = devKeyFile): Buffer {
  const existing = readKey(file);
  if (existing !== undefined) return existing;
  try {
    createKey(file);
  } catch (error) {
    throw SERVICE_ERRORS.KEY_FILE(
      { file, reason: `cannot be made (${codeOf(error)}).`, cure: 'Make the directory writable, or set APP_KEY.' },
      { cause: error },
    );
  }
  return readKey(file)!;
}

function readKey(file: string): Buffer | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
    // A key that others can read is made private again.
    if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0) chmodSync(file, 0o600);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw SERVICE_ERRORS.KEY_FILE(
      { file, reason: `cannot be read (${codeOf(error)}).`, cure: 'Make the file readable, or set APP_KEY.' },
      { cause: error },
    );
  }
  const { keys } = parseKeys(text.trim(), { production: false });
  if (keys.length === 1) return keys[0];
  throw SERVICE_ERRORS.KEY_FILE({
    file,
    reason: `does not hold ${keyLength} bytes in base64.`,
    cure: 'Delete the file: a new key is made, and what was signed in development becomes void.',
  });
}

// The file appears with its content or not at all: a second process can never read half a key or replace the first one's.
function createKey(file: string): void {
  const directory = dirname(file);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  writeFileSync(join(directory, '.gitignore'), '*\n');
  const draft = `${file}.${process.pid}.${randomBytes(6).toString('hex')}`;
  writeFileSync(draft, `${randomBytes(keyLength).toString('base64')}\n`, { mode: 0o600, flag: 'wx' });
  try {
    linkSync(draft, file);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}
