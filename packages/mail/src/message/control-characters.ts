/**
 * What a text holds that could end a header's line, as half a sentence; undefined when there is nothing (RFC 5322, section 2.2; ASVS
 * 5.0, 1.3.11). Unicode's own line separators count: some mail programs break lines there.
 */
export function controlIn(text: string): string | undefined {
  const found = controls.exec(text)?.[0];
  if (found !== undefined) return found === '\r' || found === '\n' ? 'a line break' : `the character U+${hexOf(found)}`;
  return text.isWellFormed() ? undefined : 'half of a surrogate pair';
}

// Directional marks would let a name or a subject show another address than it has.
// eslint-disable-next-line no-control-regex
const controls = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;

function hexOf(character: string): string {
  return character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
}
