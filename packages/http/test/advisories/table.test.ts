import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

test('docs/reference/advisories.md names for each advisory a test that has its number', () => {
  const root = new URL('../../../../', import.meta.url);
  const table = readFileSync(new URL('docs/reference/advisories.md', root), 'utf8')
    .split('\n')
    .filter((line) => /^\| .*(?:CVE|GHSA)-/.test(line));
  expect(table.length).toBeGreaterThan(30);
  for (const line of table) {
    const [, ids = '', path = ''] = /^\|([^|]*)\|[^|]*\]\(\.\.\/\.\.\/([^)]*)\)/.exec(line) ?? [];
    const text = readFileSync(new URL(path, root), 'utf8');
    for (const id of ids.match(/CVE-\d+-\d+|GHSA-[\w-]+/g) ?? []) expect(text, `${path} lacks ${id}`).toContain(id);
  }
});
