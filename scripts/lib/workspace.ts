import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The project's root folder. */
export const ROOT = resolve(import.meta.dirname, '..', '..');

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly scripts?: Readonly<Record<string, string>>;
}

export interface Package {
  /** The folder's name: `core` of `@plinth/core`. */
  readonly name: string;
  readonly folder: string;
  /** The folder from the root: `packages/core`. */
  readonly path: string;
  readonly manifest: Manifest;
}

/** The packages in one folder of the workspace (`packages`, `examples`, `bench`), by name. */
export function packagesIn(folder: string): readonly Package[] {
  const at = join(ROOT, folder);
  if (!existsSync(at)) return [];
  return readdirSync(at)
    .sort()
    .filter((name) => existsSync(join(at, name, 'package.json')))
    .map((name) => ({ name, folder: join(at, name), path: `${folder}/${name}`, manifest: readManifest(join(at, name)) }));
}

/** The entries a package exports, by sub-path (`.`, `./testing`), each with the source it is built from. */
export function entriesOf(each: Package): ReadonlyMap<string, string> {
  const entries = new Map<string, string>();
  for (const [entry, target] of Object.entries(each.manifest.exports ?? {})) {
    const source = typeof target === 'object' && target !== null && '@plinth/source' in target ? target['@plinth/source'] : undefined;
    if (typeof source === 'string') entries.set(entry, join(each.folder, source));
  }
  return entries;
}

/** All files below a folder whose name ends in one of the endings, as absolute paths, sorted; `node_modules`, `dist` and hidden folders are passed over. */
export function filesIn(folder: string, endings: readonly string[]): readonly string[] {
  if (!existsSync(folder)) return [];
  const found: string[] = [];
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name === 'node_modules' || entry.name === 'dist' || entry.name.startsWith('.')) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) found.push(...filesIn(path, endings));
    else if (endings.some((ending) => entry.name.endsWith(ending))) found.push(path);
  }
  return found;
}

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
}
