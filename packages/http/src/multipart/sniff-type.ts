import { isUtf8 } from 'node:buffer';
import { factsOf, typeOfEnding, type FileType } from './file-types.js';

/** Bytes of a file's beginning that are looked at. */
export const HEAD_OF_FILE = 4096;

/** A file's type when its bytes tell none. */
export const UNKNOWN_TYPE = 'application/octet-stream';

type Magic = readonly [type: FileType, offset: number, bytes: string];

// Bytes as Latin-1 texts.
const magics: readonly Magic[] = [
  ['image/png', 0, '\x89PNG\r\n\x1a\n'],
  ['image/jpeg', 0, '\xff\xd8\xff'],
  ['image/gif', 0, 'GIF87a'],
  ['image/gif', 0, 'GIF89a'],
  ['image/tiff', 0, 'II*\0'],
  ['image/tiff', 0, 'MM\0*'],
  ['image/x-icon', 0, '\0\0\x01\0'],
  ['application/pdf', 0, '%PDF-'],
  ['application/zip', 0, 'PK\x03\x04'],
  ['application/zip', 0, 'PK\x05\x06'],
  ['application/gzip', 0, '\x1f\x8b\x08'],
  ['application/x-7z-compressed', 0, '7z\xbc\xaf\x27\x1c'],
  ['video/webm', 0, '\x1aE\xdf\xa3'],
  ['audio/mpeg', 0, 'ID3'],
  ['audio/ogg', 0, 'OggS\0'],
  ['audio/flac', 0, 'fLaC'],
];

const riff: Readonly<Record<string, FileType>> = { WEBP: 'image/webp', WAVE: 'audio/wav' };
const brands: Readonly<Record<string, FileType>> = {
  avif: 'image/avif',
  avis: 'image/avif',
  heic: 'image/heic',
  heix: 'image/heic',
  mif1: 'image/heic',
  msf1: 'image/heic',
  'qt  ': 'video/quicktime',
  'M4A ': 'audio/mp4',
  'M4B ': 'audio/mp4',
};

/**
 * The type of a file by its first bytes, never by what its client says. Its ending decides only among types that begin alike: kinds
 * of zip, kinds of text.
 */
export function sniffType(head: Buffer, ending: string, whole: boolean): FileType | typeof UNKNOWN_TYPE {
  const binary = sniffBinary(head);
  const type = binary ?? sniffText(head, whole);
  if (type === undefined) return UNKNOWN_TYPE;
  const promised = typeOfEnding(ending);
  if (promised !== undefined && factsOf(promised)?.container === type && fits(promised, head)) return promised;
  return type;
}

function sniffBinary(head: Buffer): FileType | undefined {
  for (const [type, offset, bytes] of magics) if (startsWith(head, offset, bytes)) return type;
  if (startsWith(head, 0, 'RIFF')) return own(riff, head.toString('latin1', 8, 12));
  if (startsWith(head, 4, 'ftyp')) return own(brands, head.toString('latin1', 8, 12)) ?? 'video/mp4';
  // Two letters are no proof: the header size that follows them is.
  if (startsWith(head, 0, 'BM') && head.length >= 18 && [12, 40, 52, 56, 108, 124].includes(head.readUInt32LE(14))) return 'image/bmp';
  // A frame of MPEG audio without tags: eleven bits set, a layer, a bit rate, a sampling rate.
  if (head.length > 3 && head[0] === 0xff && (head[1]! & 0xe6) === 0xe2 && (head[2]! & 0xf0) !== 0xf0 && (head[2]! & 0x0c) !== 0x0c)
    return 'audio/mpeg';
  return undefined;
}

function own(table: Readonly<Record<string, FileType>>, key: string): FileType | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

function startsWith(head: Buffer, offset: number, bytes: string): boolean {
  return head.length >= offset + bytes.length && head.toString('latin1', offset, offset + bytes.length) === bytes;
}

const binaryByte = /[\u0000-\u0008\u000e-\u001a\u001c-\u001f]/;
// In XML every name is allowed; what runs scripts there has this namespace, or is a whole page.
const activeXml = /<(?:!doctype\s+html|html|script)[\s/>]|1999\/xhtml/i;
const markup = /<(?:!doctype\s+html|html|head|body|script|iframe|title|h1|div|table|a|p|br|img|style|form|meta|link|object|embed)[\s/>]/i;

function sniffText(head: Buffer, whole: boolean): FileType | undefined {
  if (head.length === 0) return undefined;
  const bytes = whole ? head : wholeCharacters(head);
  if (!isUtf8(bytes)) return undefined;
  const text = bytes.toString('utf8').replace(/^\ufeff/, '');
  if (binaryByte.test(text)) return undefined;
  if (/<svg[\s>:]/i.test(text) || /<[\w-]+:svg[\s>]/i.test(text)) return 'image/svg+xml';
  // Only what begins with markup: prose may speak of it.
  if (!/^\s*</.test(text)) return 'text/plain';
  const xml = /^\s*<\?xml\s/.test(text);
  if ((xml ? activeXml : markup).test(text)) return 'text/html';
  return xml || /^\s*<[A-Za-z_!]/.test(text) ? 'application/xml' : 'text/plain';
}

// The head may end within a character.
function wholeCharacters(head: Buffer): Buffer {
  let end = head.length;
  for (let back = 1; back <= 3 && back <= head.length; back++) {
    const byte = head[head.length - back]!;
    if ((byte & 0xc0) === 0x80) continue;
    if (byte >= 0xc0) end = head.length - back;
    break;
  }
  return head.subarray(0, end);
}

function fits(promised: FileType, head: Buffer): boolean {
  if (promised !== 'application/json') return true;
  return /^\s*[[{"\dtfn-]/.test(head.toString('utf8').replace(/^\ufeff/, ''));
}
