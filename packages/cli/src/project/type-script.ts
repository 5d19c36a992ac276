import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

// A loader that the project has chosen wins over ours: it may emit the metadata that the project's classes are wired by.
const chosen = ['@oxc-node/core/register', '@swc-node/register/esm-register'];
const known = /(?:^|[\s=/\\])(?:tsx|@oxc-node[/\\]core|@swc-node[/\\]register|ts-node)(?:$|[\s/\\])/;

/** The URL of what lets Node run the TypeScript of a project, decorators included; `undefined` when this process has one already. */
export function typeScriptLoader(folder: string): string | undefined {
  if (known.test([...process.execArgv, process.env['NODE_OPTIONS'] ?? ''].join(' '))) return undefined;
  const require = createRequire(join(folder, 'package.json'));
  for (const name of chosen) {
    try {
      return pathToFileURL(require.resolve(name)).href;
    } catch {
      // Not installed: the next.
    }
  }
  return import.meta.resolve('tsx');
}

/** Lets this process load the project's TypeScript. */
export async function useTypeScript(folder: string): Promise<void> {
  const loader = typeScriptLoader(folder);
  if (loader !== undefined && !used.has(loader)) {
    used.add(loader);
    await import(loader);
  }
}

const used = new Set<string>();
