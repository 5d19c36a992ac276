import type { CompiledSchema, Issue } from '@plinth/validation';
import type { Parsed } from './field.js';

/** Reads a text or a value of the configuration file by a schema. @internal */
export function parseSchema<T>(schema: CompiledSchema<T>, input: unknown): Parsed<T> {
  const checked = schema.check(typeof input === 'string' ? readJson(schema, input) : input);
  if (checked instanceof Promise) {
    checked.catch(() => undefined);
    return { reason: 'has a schema that answers later; configuration is read synchronously.' };
  }
  return checked.issues === undefined
    ? { value: checked.value as T }
    : { reason: `is not what its schema allows: ${describeIssues(checked.issues)}.` };
}

// Texts stay texts unless the schema can only mean JSON.
function readJson(schema: CompiledSchema<unknown>, text: string): unknown {
  const type = schema.jsonSchema['type'];
  const structured = type === 'object' || type === 'array' || (type === undefined && /^\s*[[{]/.test(text));
  if (!structured) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function describeIssues(issues: readonly Issue[]): string {
  return issues
    .map((issue) => (issue.pointer === '' ? issue.message : `${issue.pointer} ${issue.message}`))
    .join('; ')
    .replace(/\.$/, '');
}
