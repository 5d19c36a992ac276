import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { loadPackage } from './load-package.js';

test.each(['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'])(
  'a package that is not installed (%s) is named, with what installs it',
  async (code) => {
    const missing = Object.assign(new Error("Cannot find package 'openid-client'"), { code });
    const tried = loadPackage('@plinth/auth/oidc', 'openid-client undici', () => Promise.reject(missing));
    await expect(tried).rejects.toMatchObject({
      code: 'AUTH_PACKAGE_MISSING',
      message: expect.stringContaining('@plinth/auth/oidc needs openid-client undici, which'),
      help: 'npm install openid-client undici.',
      cause: missing,
    });
  },
);

test('what is installed and fails says so itself', async () => {
  const broken = new SyntaxError('Unexpected token');
  await expect(loadPackage('@plinth/auth/oidc', 'openid-client', () => Promise.reject(broken))).rejects.toBe(broken);
  await expect(loadPackage('@plinth/auth/oidc', 'openid-client', async () => 'loaded')).resolves.toBe('loaded');
});

test.each([
  ['passkeys/index.ts', '@simplewebauthn/'],
  ['oidc/index.ts', 'openid-client'],
  ['oidc/index.ts', '@plinth/http/fetch'],
])('what %s imports from the start does not need %s', (entry, library) => {
  expect(importedFrom(new URL(entry, import.meta.url))).not.toContainEqual(expect.stringContaining(library));
});

/** Every module that a file imports as a value, and those that they import; types and what is loaded later are left out. */
function importedFrom(file: URL, seen = new Set<string>()): readonly string[] {
  if (seen.has(file.href)) return [];
  seen.add(file.href);
  const source = readFileSync(file, 'utf8');
  const names = [...source.matchAll(/^(?:import|export)(?! type)[^;]*? from '([^']+)';/gms)].map(([, name]) => name!);
  return names.flatMap((name) => (name.startsWith('.') ? importedFrom(new URL(name.replace(/\.js$/, '.ts'), file), seen) : [name]));
}
