import { compile, type Checked, type CompileOptions, type Issue, type Schema } from '../src/index.js';

/** The outcome of checking a value with a schema that needs no promise. */
export function check(schema: Schema, value: unknown, options?: CompileOptions): Checked<unknown> {
  const checked = compile(schema, options).check(value);
  if (checked instanceof Promise) throw new Error('the schema answered with a promise');
  return checked;
}

/** The issues of a value, as short texts: `/pointer rule: message`. */
export function issuesOf(schema: Schema, value: unknown, options?: CompileOptions): string[] {
  return (check(schema, value, options).issues ?? []).map(line);
}

export function line(issue: Issue): string {
  return `${issue.pointer} ${issue.rule}: ${issue.message}`;
}

/** The code of the error a function throws. */
export function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return String((error as { code?: unknown }).code);
  }
  return 'nothing thrown';
}
