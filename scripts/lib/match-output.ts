/** Whether what was printed holds the expected lines in their order; `…` stands for anything within a line or for any lines. */
export function matchesText(printed: string, expected: string): boolean {
  const lines = printed.split('\n').map((line) => stripColours(line).trim());
  let from = 0;
  for (const line of expected.split('\n').map((each) => each.trim())) {
    if (line === '' || line === '…') continue;
    const pattern = new RegExp(`^${line.split('…').map(escape).join('.*')}$`);
    const at = lines.findIndex((each, index) => index >= from && pattern.test(each));
    if (at < 0) return false;
    from = at + 1;
  }
  return true;
}

/** Whether what was printed is JSON that holds at least what is expected; the text "…" stands for any value. */
export function matchesJson(printed: string, expected: string): boolean {
  try {
    return holds(JSON.parse(printed), JSON.parse(expected));
  } catch {
    return false;
  }
}

function holds(actual: unknown, expected: unknown): boolean {
  if (expected === '…') return actual !== undefined;
  if (typeof expected === 'string' && expected.includes('…')) return typeof actual === 'string' && matchesText(actual, expected);
  if (Array.isArray(expected))
    return Array.isArray(actual) && actual.length === expected.length && expected.every((each, index) => holds(actual[index], each));
  if (typeof expected !== 'object' || expected === null) return actual === expected;
  return (
    typeof actual === 'object' &&
    actual !== null &&
    Object.entries(expected).every(([key, value]) => holds((actual as Record<string, unknown>)[key], value))
  );
}

function stripColours(text: string): string {
  return text.replaceAll(/\u001b\[[0-9;]*m/g, '');
}

function escape(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
