import { styleText } from 'node:util';

type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/** Where a command writes. */
export interface Output {
  /** Whether the answer is JSON: `--json`. */
  readonly json: boolean;
  /** Colours, or the text as it is: not for a pipe, a file, or with `NO_COLOR`. */
  style(style: Style, text: string): string;
  /** A line of the answer, on standard output. */
  line(text: string): void;
  /** A line beside the answer, on standard error. */
  note(text: string): void;
  /** The answer as JSON. */
  data(value: unknown): void;
}

/** The output of this process. */
export function createOutput(json: boolean): Output {
  const coloured = !json && wantsColour();
  return {
    json,
    style: (style, text) => (coloured ? styleText(style, text, { validateStream: false }) : text),
    line: (text) => void process.stdout.write(`${text}\n`),
    note: (text) => void process.stderr.write(`${text}\n`),
    data: (value) => void process.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`),
  };
}

// https://no-color.org: any value that is not empty. FORCE_COLOR=1 is for terminals that are not recognized.
function wantsColour(): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '' && FORCE_COLOR !== '0') return true;
  return process.stdout.isTTY === true && TERM !== 'dumb';
}
