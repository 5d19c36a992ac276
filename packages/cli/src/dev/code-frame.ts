import { readFileSync } from 'node:fs';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A place in a file of the project. Lines and columns count from 1. */
export interface CodePlace {
  readonly file: string;
  readonly line: number;
  readonly column: number | undefined;
}

// "at f (file:///a/b.ts:3:5)", "src/a.ts:3:5: ERROR: …", "GET /x at src/a.ts:7"; on Windows a path begins with "C:\".
const place = /((?:file:\/\/\/?)?(?:[A-Za-z]:[\\/])?[^\s()'"`,:]+\.[cm]?[jt]sx?)(?:\?[^\s:]*)?:(\d+)(?::(\d+))?/g;

/** The first place in a text that is the author's own: in the folder, and not in `node_modules`. */
export function findPlace(text: string, folder: string): CodePlace | undefined {
  for (const [, name = '', line, column] of text.matchAll(place)) {
    const file = name.startsWith('file:') ? toPath(name) : resolve(folder, name);
    const inside = relative(folder, file);
    if (inside.startsWith('..') || isAbsolute(inside) || inside.split(sep).includes('node_modules')) continue;
    const found = { file, line: Number(line), column: column === undefined ? undefined : Number(column) };
    if (readLines(file)?.[found.line - 1] !== undefined) return found;
  }
  return undefined;
}

/** The lines around a place, its own marked; `undefined` when the file cannot be read. */
export function codeFrame({ file, line, column }: CodePlace, around = 3): string | undefined {
  const lines = readLines(file);
  if (lines === undefined) return undefined;
  const first = Math.max(1, line - around);
  const last = Math.min(lines.length, line + around);
  const width = String(last).length;
  const shown: string[] = [];
  for (let number = first; number <= last; number++) {
    shown.push(`${number === line ? '>' : ' '} ${String(number).padStart(width)} | ${lines[number - 1]}`.trimEnd());
    if (number === line && column !== undefined)
      // Tabs stay tabs, so that the mark stands below its character.
      shown.push(`  ${' '.repeat(width)} | ${(lines[number - 1] ?? '').slice(0, column - 1).replace(/[^\t]/g, ' ')}^`);
  }
  return shown.join('\n');
}

function readLines(file: string): readonly string[] | undefined {
  try {
    return readFileSync(file, 'utf8').split(/\r?\n/);
  } catch {
    return undefined;
  }
}

function toPath(url: string): string {
  try {
    return fileURLToPath(url);
  } catch {
    return url;
  }
}
