// Passwords that need no list: `aaaaaaaaaaaaaaa`, `123456789012345`, `qwertyuiopasdfgh`, `abcabcabcabcabc`.

/** Ways of fingers over a keyboard, each key once: its rows, one behind the other, its columns, down, up and by turns; and those of a keypad. */
const WAYS = [
  'qwertyuiopasdfghjklzxcvbnm',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/',
  'zaq1xsw2cde3vfr4bgt5nhy6mju7,ki8.lo9/;p0',
  '1qazxsw23edcvfr45tgbnhy67ujm,ki89ol./;p0',
  'zaq12wsxcde34rfvbgt56yhnmju78ik,.lo90p;/',
  '!@#$%^&*()_+',
  '789456123',
  '741852963',
  '147258369',
];
const SHORTEST_RUN = 4;

/** The text without the runs (four characters or more, each one step from the one before) at its beginning and its end. */
export function withoutRuns(text: string): string {
  const characters = [...text];
  let [from, to] = [0, characters.length];
  for (;;) {
    const head = runLength(characters, from, to);
    const tail = runLength(characters, to - 1, from + head - 1);
    if (head === 0 && tail === 0) return characters.slice(from, to).join('');
    [from, to] = [from + head, to - tail];
  }
}

/** The shortest piece of which the text is made by repeating it at least twice, the last time perhaps in part; or the text itself. */
export function repeatedPiece(text: string): string {
  const characters = [...text];
  const period = characters.length - longestBorder(characters);
  return period * 2 <= characters.length ? characters.slice(0, period).join('') : text;
}

/** The text with each character once where it stands several times in a row. */
export function withoutDoubles(text: string): string {
  return [...text].filter((character, index, all) => character !== all[index - 1]).join('');
}

// How many characters from `start` on (towards `end`, which is not included) are one run; 0 when they are too few to count as one.
function runLength(characters: readonly string[], start: number, end: number): number {
  const length = Math.max(...STEPS.map((stepOf) => stepsAlike(characters, start, end, stepOf)));
  return length >= SHORTEST_RUN ? length : 0;
}

type StepOf = (from: string, to: string) => number | undefined;

function stepsAlike(characters: readonly string[], start: number, end: number, stepOf: StepOf): number {
  const direction = Math.sign(end - start);
  const at = (offset: number): string => characters[start + offset * direction]!;
  const available = Math.abs(end - start);
  if (available < 2) return available;
  const step = stepOf(at(0), at(1));
  if (step === undefined) return 1;
  let length = 2;
  while (length < available && stepOf(at(length - 1), at(length)) === step) length += 1;
  return length;
}

// The same character, or the next or the one before; of digits any step, and after 9 comes 0: `13579`, `147036925`.
function codeStep(from: string, to: string): number | undefined {
  const step = to.codePointAt(0)! - from.codePointAt(0)!;
  if (/^\d$/.test(from) && /^\d$/.test(to)) return (step + 10) % 10;
  return Math.abs(step) <= 1 ? step : undefined;
}

function stepOn(way: string): StepOf {
  const places = new Map([...way].map((key, place) => [key, place]));
  return (from, to) => {
    const [start, end] = [places.get(from), places.get(to)];
    return start !== undefined && end !== undefined && Math.abs(end - start) === 1 ? end - start : undefined;
  };
}

const STEPS: readonly StepOf[] = [codeStep, ...WAYS.map(stepOn)];

// The longest beginning that is an end too (Knuth, Morris, Pratt 1977): linear, so that a long password is no work.
function longestBorder(characters: readonly string[]): number {
  const borders = [0];
  for (let index = 1, border = 0; index < characters.length; index += 1) {
    while (border > 0 && characters[index] !== characters[border]) border = borders[border - 1]!;
    if (characters[index] === characters[border]) border += 1;
    borders.push(border);
  }
  return borders.at(-1) ?? 0;
}
