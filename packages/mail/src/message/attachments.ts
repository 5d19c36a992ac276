import { MAIL_ERRORS } from '../errors.js';
import { controlIn } from './control-characters.js';

/** An attachment as a transport sends it. */
export interface CheckedAttachment {
  readonly filename: string;
  readonly content: Uint8Array;
  readonly contentType: string;
  readonly contentId?: string;
}

const most = 25;
const longestName = 200;

/** Checks attachments. Throws `MAIL_ATTACHMENT`. */
export function checkAttachments(attachments: unknown): readonly CheckedAttachment[] {
  if (!Array.isArray(attachments)) throw refuse(0, 'the attachments are not a list');
  if (attachments.length > most) throw refuse(most + 1, `${most} are allowed`);
  return attachments.map((given: unknown, index) => checkAttachment(given, index + 1));
}

function checkAttachment(given: unknown, number: number): CheckedAttachment {
  if (typeof given !== 'object' || given === null) throw refuse(number, 'it is not an object');
  const { filename, content, contentType = 'application/octet-stream', contentId } = given as Readonly<Record<string, unknown>>;
  return {
    filename: checkFilename(filename, number),
    content: checkContent(content, number),
    contentType: checkType(contentType, number),
    ...(contentId !== undefined && { contentId: checkContentId(contentId, number) }),
  };
}

function checkFilename(filename: unknown, number: number): string {
  if (typeof filename !== 'string') throw refuse(number, 'its filename is not a text');
  const control = controlIn(filename);
  if (control !== undefined) throw refuse(number, `its filename holds ${control}`);
  const label = filename.slice(Math.max(filename.lastIndexOf('/'), filename.lastIndexOf('\\')) + 1).trim();
  if (label === '' || label === '.' || label === '..') throw refuse(number, 'its filename is empty');
  if (label.length > longestName) throw refuse(number, `its filename has more than ${longestName} characters`);
  return label;
}

function checkContent(content: unknown, number: number): Uint8Array {
  if (content instanceof Uint8Array) return content;
  if (typeof content === 'string') return Buffer.from(content);
  throw refuse(number, 'its content is neither a text nor bytes');
}

function checkType(contentType: unknown, number: number): string {
  // RFC 2045, section 5.1: type/subtype and simple parameters.
  if (typeof contentType === 'string' && /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(?:; *[\w-]+=[\w.+-]+)*$/.test(contentType)) return contentType;
  throw refuse(number, 'its contentType is not like "application/pdf"');
}

function checkContentId(contentId: unknown, number: number): string {
  if (typeof contentId === 'string' && /^[\w.@+-]{1,200}$/.test(contentId)) return contentId;
  throw refuse(number, 'its contentId is not of letters, digits and . @ + - _');
}

function refuse(number: number, reason: string): Error {
  return MAIL_ERRORS.ATTACHMENT({ number, reason });
}
