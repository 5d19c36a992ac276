const LENGTH = 1_024;

/**
 * A name as it is counted: spellings that a database may take for the same (letter case, accents, widths, characters that nobody sees)
 * are one, so that nobody gets more attempts by writing a name differently. Two accounts that share a count lose nothing but time.
 */
export function countedName(name: string): string {
  return name
    .slice(0, LENGTH)
    .toWellFormed()
    .normalize('NFKD')
    .replaceAll(/[\p{M}\p{C}\p{Z}]/gu, '')
    .toLowerCase();
}
