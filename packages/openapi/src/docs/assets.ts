import { createRequire } from 'node:module';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { OPENAPI_ERRORS } from '../errors.js';
import { tagged, type Tagged } from '../document-cache.js';

/** The files of the docs page that come from swagger-ui-dist, and their media types. */
export const assetTypes = {
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'swagger-ui.css': 'text/css; charset=utf-8',
} as const;

export type AssetName = keyof typeof assetTypes;

const read = new Map<AssetName, Promise<Tagged>>();

/**
 * A file of the docs page. Published, it lies in our own package, copied there by the build: installing swagger-ui-dist would run the
 * install script of a usage tracker. Throws `OPENAPI_ASSET` when it is missing.
 */
export function readAsset(name: AssetName): Promise<Tagged> {
  const known = read.get(name);
  if (known !== undefined) return known;
  const reading = readFile(locate(name), 'utf8').then(tagged, (cause: unknown) => {
    read.delete(name);
    throw OPENAPI_ERRORS.ASSET({ file: name }, { cause });
  });
  read.set(name, reading);
  return reading;
}

function locate(name: AssetName): string {
  const built = fileURLToPath(new URL(`./assets/${name}`, import.meta.url));
  if (existsSync(built)) return built;
  try {
    return join(dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json')), name);
  } catch (cause) {
    throw OPENAPI_ERRORS.ASSET({ file: name }, { cause });
  }
}
