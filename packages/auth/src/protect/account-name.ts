const LENGTH = 1_024;

// In the order of the collation, so that one of them is found by halving.
const SAME_AS = [...'0123456789a', 'ae', ...'bcd', 'dz', ...'efghijklmno', 'oe', ...'pqrs', 'ss', 't', 'th', ...'uvwxyz'];
const collator = new Intl.Collator('en', { sensitivity: 'base' });

/**
 * A name as it is counted: spellings that a database may take for the same (letter case, accents, widths, characters that nobody sees,
 * `ø` for `o`, the digits and letters of other scripts and frames) are one, so that nobody gets more attempts by writing a name
 * differently. Two accounts that share a count lose nothing but time.
 */
export function countedName(name: string): string {
  // Cut twice: one character may become eighteen.
  const text = name.slice(0, LENGTH).normalize('NFKD').slice(0, LENGTH);
  const letters = [...text].map(counted).join('');
  return letters.toLowerCase().replaceAll('ς', 'σ').replaceAll(/l·+/g, 'l');
}

/**
 * A name to the letter, for what nobody may share with a look-alike: NFC and lower case, as accounts are told apart. Without what a store
 * refuses, so that it can be kept; the exact name of an exact name is itself.
 */
export function exactName(name: string): string {
  const text = name.slice(0, LENGTH).normalize('NFC').toLowerCase().normalize('NFC');
  return text.slice(0, LENGTH).toWellFormed().replaceAll('\0', '\uFFFD');
}

function counted(character: string): string {
  if (character > '\u0020' && character < '\u007f') return character;
  // First: some marks are small letters to databases.
  const letter = character === 'ı' ? 'i' : asciiOf(character);
  return letter ?? (/[\p{M}\p{C}\p{Z}]/u.test(character) ? '' : character);
}

// The collation of Unicode (UTS 10), which those of databases that leave accents aside are made of.
function asciiOf(character: string): string | undefined {
  let [from, to] = [0, SAME_AS.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    const order = collator.compare(character, SAME_AS[middle]!);
    if (order === 0) return SAME_AS[middle];
    [from, to] = order < 0 ? [from, middle] : [middle + 1, to];
  }
  return undefined;
}
