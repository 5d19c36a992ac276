import { readFileSync } from 'node:fs';

/** One fenced code block of a Markdown page. */
export interface Block {
  readonly file: string;
  /** The line of its first line of code, 1-based. */
  readonly line: number;
  /** The word after the fence: `ts`, `sh`. */
  readonly language: string;
  /** The words after the language: `no-check`; `file=src/main.ts` has its value. */
  readonly words: ReadonlyMap<string, string>;
  readonly text: string;
}

/** The fenced code blocks of a page, in order. */
export function readBlocks(file: string): readonly Block[] {
  const lines = readFileSync(file, 'utf8').split('\n');
  const blocks: Block[] = [];
  for (let index = 0; index < lines.length; index++) {
    const open = /^(\s*)(`{3,}|~{3,})\s*(.*)$/.exec(lines[index] ?? '');
    if (!open) continue;
    const [, indent = '', fence = '```', info = ''] = open;
    const start = index + 1;
    do index++;
    while (index < lines.length && !(lines[index] ?? '').trim().startsWith(fence));
    const [language = '', ...words] = info.trim().split(/\s+/);
    blocks.push({
      file,
      line: start + 1,
      language,
      words: new Map(words.map((word) => [word.split('=')[0] ?? word, word.split('=').slice(1).join('=')])),
      text: lines
        .slice(start, index)
        .map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line))
        .join('\n'),
    });
  }
  return blocks;
}
