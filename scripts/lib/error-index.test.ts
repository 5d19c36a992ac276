import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { errorIndex } from './error-index.ts';

const folder = mkdtempSync(join(tmpdir(), 'plinth-error-index-'));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('each code is listed with its status and the first sentence that says what it means', () => {
  expect(rowOf('DATA_UNIQUE', 'Class `UniqueViolation`, kind conflict, status 409. Another row has\nthe same value in `a.b`. More.')).toBe(
    '| [DATA_UNIQUE](DATA_UNIQUE.md) | 409 | Another row has the same value in `a.b`. |',
  );
  expect(rowOf('HTTP_HOSTS', 'Stops the boot. An entry is not a host name.')).toBe(
    '| [HTTP_HOSTS](HTTP_HOSTS.md) |  | An entry is not a host name. |',
  );
  expect(rowOf('CORE_BOOT', 'The application cannot start. It has reasons, see [them](X.md).')).toBe(
    '| [CORE_BOOT](CORE_BOOT.md) |  | The application cannot start. |',
  );
});

test('a paragraph that only labels is its own sentence', () => {
  expect(rowOf('AUTH_OPTIONS', 'Thrown by `with(...)`: an option makes no sense.')).toBe(
    '| [AUTH_OPTIONS](AUTH_OPTIONS.md) |  | Thrown by `with(...)`: an option makes no sense. |',
  );
});

function rowOf(code: string, paragraph: string): string | undefined {
  const page = join(folder, `${code}.md`);
  writeFileSync(page, `# ${code}\n\n${paragraph}\n\n## Cure\n\nNone.\n`);
  return errorIndex([page])
    .split('\n')
    .find((line) => line.startsWith(`| [${code}]`));
}
