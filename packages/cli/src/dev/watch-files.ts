import { readdirSync, watch, type FSWatcher } from 'node:fs';
import { dirname, extname, isAbsolute, join, relative, resolve, sep } from 'node:path';

/** Watches the files of a project. */
export interface FileWatch {
  /** A file that the service has loaded: also watched when it stands outside of the folder, as in a workspace. */
  add(file: string): void;
  /** The service starts anew: what the former one had loaded is forgotten. */
  forget(): void;
  close(): void;
}

/** What is watched, and who is told. */
export interface WatchOptions {
  readonly folder: string;
  /** Files and folders that count although nothing imports them. */
  readonly extra: readonly string[];
  readonly onChange: (file: string) => void;
  /** Whether any source counts, loaded or not: after a failed start the list of what was loaded is not complete. */
  readonly all: () => boolean;
}

const skipped = new Set(['node_modules', 'dist', 'build', 'coverage']);
const sources = new Set(['.ts', '.mts', '.cts', '.tsx', '.js', '.mjs', '.cjs', '.jsx', '.json']);
const always = /^(?:\.env(?:\..+)?|plinth\.config\.[cm]?[jt]s|tsconfig(?:\..+)?\.json|package\.json)$/;

/**
 * Watches by folder, not by file: editors that write a new file in the place of the old one are noticed too. `node_modules`, what is
 * built, and hidden folders are left alone.
 */
export function watchFiles({ folder, extra, onChange, all }: WatchOptions): FileWatch {
  const watchers = new Map<string, FSWatcher>();
  const loaded = new Set<string>();
  const given = extra.map((path) => resolve(folder, path));

  const counts = (file: string): boolean => {
    if (loaded.has(file) || given.some((path) => file === path || file.startsWith(path + sep))) return true;
    if (dirname(file) === folder && always.test(relative(folder, file))) return true;
    return (all() || loaded.size === 0) && sources.has(extname(file));
  };
  const watchFolder = (path: string): void => {
    if (watchers.has(path)) return;
    try {
      const watcher = watch(path, (event, name) => {
        if (name === null) return;
        const file = join(path, name);
        // A new folder may bring files along.
        if (event === 'rename' && !isSkipped(name)) walk(file);
        if (counts(file)) onChange(file);
      });
      watcher.on('error', () => {
        watcher.close();
        watchers.delete(path);
      });
      watchers.set(path, watcher);
    } catch {
      // Gone since it was listed, or the system has no watches left: the other folders are watched all the same.
    }
  };
  const walk = (path: string): void => {
    const entries = listFolders(path);
    if (entries === undefined) return;
    watchFolder(path);
    for (const name of entries) if (!isSkipped(name)) walk(join(path, name));
  };

  walk(folder);
  for (const path of given)
    if (listFolders(path) === undefined) watchFolder(dirname(path));
    else walk(path);
  return {
    add(file) {
      if (file.split(sep).includes('node_modules')) return;
      loaded.add(file);
      const inside = relative(folder, file);
      if (inside.startsWith('..') || isAbsolute(inside)) watchFolder(dirname(file));
    },
    forget: () => loaded.clear(),
    close() {
      for (const watcher of watchers.values()) watcher.close();
      watchers.clear();
    },
  };
}

function isSkipped(name: string): boolean {
  return skipped.has(name) || name.startsWith('.');
}

/** The folders in a folder; `undefined` for what is none. */
function listFolders(path: string): readonly string[] | undefined {
  try {
    return readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
  } catch {
    return undefined;
  }
}
