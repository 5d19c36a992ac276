import { fold, isCommonPassword } from './common-passwords.js';

/** Shorter words stand in too many passwords by chance. */
const SHORTEST_WORD = 4;
/** What a password must have besides words that anybody would try: NIST's least for a password of its own. */
const LEAST_BESIDES = 8;

/**
 * Is the password made of these words (the service's name, the user's e-mail address) and little else? It is when, without them, fewer
 * than eight letters and digits are left, or a common password (ASVS 5.0, 6.2.11).
 */
export async function isMadeOfContext(plain: string, words: Iterable<string>): Promise<boolean> {
  const folded = fold(plain);
  let rest = folded;
  for (const word of partsOf(words)) rest = rest.replaceAll(word, ' ');
  if (rest === folded) return false;
  const besides = rest.replaceAll(/[^\p{L}\p{N}]+/gu, '');
  return [...besides].length < LEAST_BESIDES || isCommonPassword(besides);
}

// Of `ada.lovelace@example.com`: the whole, `ada.lovelace`, and `lovelace` and `example`; the longest first, so that none is cut by a part of it.
function partsOf(words: Iterable<string>): readonly string[] {
  const parts = new Set<string>();
  for (const word of words) {
    const folded = fold(word);
    for (const part of [folded, ...folded.split('@'), ...folded.split(/[^\p{L}\p{N}]+/u)])
      if ([...part].length >= SHORTEST_WORD) parts.add(part);
  }
  return [...parts].sort((a, b) => b.length - a.length);
}
