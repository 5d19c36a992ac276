import { fileURLToPath } from 'node:url';
import { filterHash, loadPasswordFilter } from './password-filter.js';
import { repeatedPiece, withoutDoubles, withoutRuns } from './runs.js';

/** A rest of so few characters adds nothing that has to be guessed. */
const NEXT_TO_NOTHING = 4;
/** From so many digits and signs on they have to be guessed as well: NIST's least for a password of its own. */
const LEAST_BESIDES = 8;

type Listed = (text: string) => boolean;

let list: Promise<(hash: Uint8Array) => boolean> | undefined;

/**
 * Is this one of the 49,233 most common passwords, or made of one of them by repeating it or by putting a few digits and signs, or runs
 * such as `12345` or `!!!!`, around it; or a pattern that needs no word, such as `112233445566778` (ASVS 5.0, 6.2.4)? Few listed passwords
 * are as long as the policy asks: what people make of the short ones is what counts. Letter case is left aside. Of other passwords about one
 * in 200,000 is taken for a common one. Throws `AUTH_PASSWORD_FILTER` when the list is missing from the installed package.
 */
export async function isCommonPassword(plain: string): Promise<boolean> {
  const has = await (list ??= load());
  const listed: Listed = (text) => has(filterHash(text));
  const folded = fold(plain);
  const thin = withoutDoubles(folded);
  // Of `aabbccdd` half is left, of words nearly all.
  return isMadeOfListed(folded, listed) || (thin.length * 2 <= folded.length && isMadeOfListed(thin, listed)) || isInterleaved(folded);
}

/** Text as it is compared: without letter case and without the difference between `ａ` and `a`. */
export function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}

function isMadeOfListed(folded: string, listed: Listed): boolean {
  const piece = repeatedPiece(folded);
  const word = onlyWord(piece);
  const words = word === undefined ? [] : [word, repeatedPiece(word)];
  return shapesOf(folded, piece).some((shape) => [...shape].length <= NEXT_TO_NOTHING || listed(shape)) || words.some(listed);
}

function shapesOf(folded: string, piece: string): readonly string[] {
  const inner = withoutRuns(piece);
  // Where nothing but signs is left they are the password, and not its decoration.
  const core = withoutSignsAround(inner) || inner;
  return [folded, piece, core, repeatedPiece(core)];
}

// Not by an expression that ends in `+$`: it would look from each of many signs to their end.
function withoutSignsAround(text: string): string {
  const characters = [...text];
  const isWord = (character: string): boolean => /[\p{L}\p{N}]/u.test(character);
  return characters.slice(Math.max(0, characters.findIndex(isWord)), characters.findLastIndex(isWord) + 1).join('');
}

// `welcome123welcome`, `passwordpassword2026!`: one word, once or more often, and little besides.
function onlyWord(text: string): string | undefined {
  const words = text.match(/\p{L}+/gu) ?? [];
  const [word] = words;
  const besides = [...text].length - words.reduce((length, each) => length + [...each].length, 0);
  return words.every((each) => each === word) && besides < LEAST_BESIDES ? word : undefined;
}

// `q1w2e3r4t5y6u7i8`: two runs, one character of each in turn.
function isInterleaved(folded: string): boolean {
  const characters = [...folded];
  return [0, 1].every((half) => withoutRuns(characters.filter((_character, index) => index % 2 === half).join('')) === '');
}

// In the sources the file lies beside this one, in the package beside the bundle. A failed reading is tried again.
function load(): Promise<(hash: Uint8Array) => boolean> {
  return loadPasswordFilter(fileURLToPath(new URL('./assets/common-passwords.bin', import.meta.url))).catch((error: unknown) => {
    list = undefined;
    throw error;
  });
}
