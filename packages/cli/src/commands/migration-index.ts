/** A migration as the index of its folder lists it. */
export interface IndexEntry {
  /** What the file exports. */
  readonly identifier: string;
  /** Its name with the extension. */
  readonly file: string;
}

const head = '// The migrations, in order. `plinth migrate new` adds to this file as long as it has this form.\n';
// Formatters may have changed quotes, white space and commas.
const form =
  /^\/\/ The migrations, in order\.[^\n]*\n((?:import \{ \w+ \} from ['"][^'"\n]+['"];?\n)*)\s*export const migrations = \[([\w\s,]*)\];?\s*$/;

/** The line that imports a migration. */
export function importLine({ identifier, file }: IndexEntry): string {
  return `import { ${identifier} } from './${file}';`;
}

/** The index of a folder with one migration. */
export function newIndex(entry: IndexEntry): string {
  return toText([importLine(entry)], [entry.identifier]);
}

/** An index with one migration more; undefined if somebody wrote it in another way. */
export function addToIndex(text: string, entry: IndexEntry): string | undefined {
  const [, imports, listed] = form.exec(text.replaceAll('\r\n', '\n')) ?? [];
  if (imports === undefined || listed === undefined) return undefined;
  const names = listed.split(',').map((name) => name.trim());
  return toText([...imports.split('\n'), importLine(entry)].filter(Boolean), [...names, entry.identifier].filter(Boolean));
}

function toText(imports: readonly string[], names: readonly string[]): string {
  return `${head}${imports.join('\n')}\n\nexport const migrations = [\n${names.map((name) => `  ${name},\n`).join('')}];\n`;
}
