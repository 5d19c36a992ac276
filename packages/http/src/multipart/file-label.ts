/** Characters of a label. */
const LENGTH = 100;

// Control characters, marks that turn the direction of text, and what some file system or shell reads as more than a character.
const refused = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffd<>:"|?*]/g;
// Windows takes these for devices, whatever follows the first dot.
const device = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)/i;

/**
 * A client's file name as a label that is safe to show and to offer for download: the last part of its path, without control,
 * direction and reserved characters, at most 100 characters with its ending kept. Nothing to store a file under: two may be the same.
 */
export function toFileLabel(filename: string): string {
  const last = filename.slice(Math.max(filename.lastIndexOf('/'), filename.lastIndexOf('\\')) + 1);
  const plain = last
    .toWellFormed()
    .normalize('NFC')
    .replaceAll(refused, '')
    .replace(/^[\s.~-]+/, '')
    .replace(/[\s.]+$/, '');
  const short = shorten(plain).replace(/[\s.]+$/, '');
  if (short === '') return 'file';
  return device.test(short) ? `_${short}` : short;
}

/** The ending of a label in lower case, without the dot; empty without one. */
export function endingOf(label: string): string {
  const dot = label.lastIndexOf('.');
  return dot <= 0 ? '' : label.slice(dot + 1).toLowerCase();
}

function shorten(name: string): string {
  if (name.length <= LENGTH) return name;
  const dot = name.lastIndexOf('.');
  const ending = dot > 0 && name.length - dot <= 12 ? name.slice(dot) : '';
  // Never half of a surrogate pair.
  return (name.slice(0, LENGTH - ending.length) + ending).toWellFormed().replaceAll('\ufffd', '');
}
