import type { Field } from './field.js';

/** Where a value came from. */
export type ConfigSource = 'default' | 'file' | '.env' | 'environment' | 'override';

/** One value of the configuration, fit to be printed: secrets are masked. */
export interface ConfigReportEntry {
  readonly config: string;
  readonly field: string;
  readonly variable: string;
  readonly source: ConfigSource;
  readonly value: string;
  readonly describe?: string;
}

/** A value as it may be printed. @internal */
export function showValue(field: Field<unknown>, value: unknown): string {
  if (value === undefined) return '(not set)';
  return field.secret ? '[secret]' : field.show(value);
}

/** The report as lines of text: variable, value, source. */
export function formatConfigReport(entries: readonly ConfigReportEntry[]): string {
  const width = Math.max(0, ...entries.map((entry) => entry.variable.length));
  return entries
    .map((entry) => `${entry.variable.padEnd(width)}  ${entry.value}  (${entry.config}.${entry.field}, ${entry.source})`)
    .join('\n');
}
