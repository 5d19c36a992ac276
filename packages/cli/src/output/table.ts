/** Rows as columns of equal width, two blanks between; the last column is not filled up. */
export function formatTable(head: readonly string[], rows: readonly (readonly string[])[], style: (text: string) => string): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const write = (row: readonly string[]) =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd();
  return [style(write(head)), ...rows.map(write)].join('\n');
}
