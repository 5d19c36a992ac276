import { readFileSync } from 'node:fs';
import { relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const frame = /\(?((?:file:\/\/)?[^\s()]+?)(?:\?[^:]*)?:(\d+):(\d+)\)?$/;

/**
 * The author's line of a stack with its neighbours: that of the first frame outside of `node_modules` and of Node. Node has applied
 * the source maps already, when they are switched on.
 */
export function codeFrame(stack: string | undefined, around = 2): string | undefined {
  for (const text of stack?.split('\n') ?? []) {
    const [, name = '', line, column] = /^\s+at /.test(text) ? (frame.exec(text) ?? []) : [];
    if (name === '' || name.startsWith('node:')) continue;
    const file = name.startsWith('file:') ? fileURLToPath(name) : name;
    if (file.split(sep).includes('node_modules')) continue;
    const drawn = draw(file, Number(line), Number(column), around);
    if (drawn !== undefined) return drawn;
  }
  return undefined;
}

function draw(file: string, line: number, column: number, around: number): string | undefined {
  let lines: readonly string[];
  try {
    lines = readFileSync(file, 'utf8').split(/\r?\n/);
  } catch {
    return undefined;
  }
  if (lines[line - 1] === undefined) return undefined;
  const first = Math.max(1, line - around);
  const width = String(line + around).length;
  const shown = [`${relative(process.cwd(), file)}:${line}:${column}`];
  for (const [index, text] of lines.slice(first - 1, line + around).entries()) {
    const number = first + index;
    shown.push(`${number === line ? '>' : ' '} ${String(number).padStart(width)} | ${text}`.trimEnd());
    if (number === line) shown.push(`  ${' '.repeat(width)} | ${text.slice(0, column - 1).replace(/[^\t]/g, ' ')}^`);
  }
  return shown.join('\n');
}
