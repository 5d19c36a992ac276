/** Values as the text of a PostgreSQL array: one bound value for a list of any length (https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO). */
export function toPostgresArray(values: readonly unknown[]): string {
  let text = '{';
  for (let index = 0; index < values.length; index++) text += (index === 0 ? '' : ',') + elementOf(values[index]);
  return `${text}}`;
}

function elementOf(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  if (typeof value === 'string') return value.includes('"') || value.includes('\\') ? `"${value.replace(/["\\]/g, '\\$&')}"` : `"${value}"`;
  if (value instanceof Uint8Array) return `"\\\\x${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')}"`;
  return String(value as number | bigint | boolean);
}
