import type { Issue } from '@plinth/validation';

const INTEGER = /^-?\d+$/;

/**
 * An issue of a part whose values all arrive as text (path, query, headers, cookies, forms), in words that its sender understands:
 * "got a string" tells nothing there. `given` is the part before the checks.
 */
export function inSendersWords<T extends Issue>(issue: T, given: unknown): T {
  if (issue.rule !== 'type') return issue;
  const text = valueAt(given, issue.pointer);
  const wanted = issue.message.replace(/, got a string$/, '');
  if (text === '' && !wanted.includes(', got ')) return { ...issue, message: `${wanted}, got an empty text` };
  if (text !== undefined && INTEGER.test(text) && wanted === 'must be an integer')
    return { ...issue, message: `${wanted} from -(2^53 - 1) to 2^53 - 1` };
  return { ...issue, message: wanted };
}

function valueAt(given: unknown, pointer: string): string | undefined {
  let value = given;
  for (const segment of pointer.split('/').slice(1)) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string, unknown>)[segment.replaceAll('~1', '/').replaceAll('~0', '~')];
  }
  return typeof value === 'string' ? value : undefined;
}
