/**
 * What of a user name or an e-mail address must be nobody else's: letters of another case or form (`Ａnn`, `ﬁn`) and another number of
 * blanks make no other name (Unicode, NFKC).
 */
export function nameKey(name: string): string {
  return name.normalize('NFKC').toLowerCase().normalize('NFKC').replace(/\s+/g, ' ').trim();
}
