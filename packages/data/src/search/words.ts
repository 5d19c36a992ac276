const longestText = 1_000;
const mostWords = 32;

/** The words of a text that somebody searches for, or why they are refused. */
export type Words = { readonly words: readonly string[]; readonly refusal?: undefined } | { readonly refusal: string };

/**
 * The words of a text: runs of letters, digits and the marks on them. Everything else only separates, so nothing of a search's own
 * syntax (`+`, `*`, `"`, `&`, `NEAR(`) ever reaches a database as syntax.
 */
export function wordsOf(text: unknown): Words {
  if (typeof text !== 'string') return { refusal: 'a search takes text' };
  if (text.length > longestText) return { refusal: `a search takes at most ${longestText} characters` };
  const words = text.match(/[\p{L}\p{N}\p{M}\p{Co}]+/gu) ?? [];
  return words.length > mostWords ? { refusal: `a search takes at most ${mostWords} words` } : { words };
}
