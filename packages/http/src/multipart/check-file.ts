import type { Issue } from '@plinth/validation';
import { endingOf } from './file-label.js';
import { factsOf, typeOfEnding, typeOfName } from './file-types.js';
import type { FileRules } from './form-parts.js';
import { MEASURED_TYPES, type PixelSize } from './image-size.js';

/** Pixels of an image, where its rule says nothing: decoded, four bytes each, they are 200 MB. */
const PIXELS = 50_000_000;

/** A broken rule, without its place. */
export type FileIssue = Omit<Issue, 'pointer'>;

/** What a client says of a file. */
export interface ClaimedFile {
  readonly label: string;
  readonly claimed: string | undefined;
}

/** What is wrong with the type that the bytes tell: not accepted, or not what ending or Content-Type promise. */
export function checkType(type: string, { label, claimed }: ClaimedFile, rules: FileRules): FileIssue | undefined {
  if (!isAccepted(type, rules))
    return {
      rule: 'fileType',
      message: rules.types === undefined ? `must not be ${type}` : `must be ${rules.types.join(' or ')}, got ${type}`,
      params: { types: rules.types ?? [] },
    };
  const ending = endingOf(label);
  const promised = typeOfEnding(ending);
  if (promised !== undefined && !alike(promised, type))
    return { rule: 'fileType', message: `is ${type}, which is not what its ending .${ending} says` };
  const named = claimed === undefined ? undefined : typeOfName(claimed);
  if (named !== undefined && !alike(named, type))
    return { rule: 'fileType', message: `is ${type}, which is not what its Content-Type says` };
  return undefined;
}

function isAccepted(type: string, { types }: FileRules): boolean {
  if (types === undefined) return factsOf(type)?.active !== true;
  return types.some((accepted) =>
    accepted.endsWith('/*') ? type.startsWith(accepted.slice(0, -1)) && factsOf(type)?.active !== true : accepted === type,
  );
}

/** The same type, or two that begin alike: nobody can tell a CSV from a text by its bytes. */
function alike(promised: string, type: string): boolean {
  if (promised === type) return true;
  const group = factsOf(promised)?.container ?? promised;
  const actual = factsOf(type)?.container ?? type;
  return group === actual || kindred.has(`${promised} ${type}`);
}

// Containers of sound and pictures share their first bytes.
const kindred = new Set([
  'audio/mp4 video/mp4',
  'video/mp4 audio/mp4',
  'video/quicktime video/mp4',
  'application/xml text/html',
  'text/html application/xml',
]);

/** What is wrong with the size in pixels. */
export function checkPixels(type: string, pixels: PixelSize | undefined, rules: FileRules): FileIssue | undefined {
  const { maxPixels, maxWidth, maxHeight } = rules;
  const measured = MEASURED_TYPES.has(type);
  const asked = maxPixels !== undefined || maxWidth !== undefined || maxHeight !== undefined;
  if (!measured && !asked) return undefined;
  if (pixels === undefined) return { rule: 'pixels', message: 'must be an image whose size in pixels can be read' };
  if (maxWidth !== undefined && pixels.width > maxWidth) return tooMany('maxWidth', `must be at most ${maxWidth} pixels wide`, maxWidth);
  if (maxHeight !== undefined && pixels.height > maxHeight)
    return tooMany('maxHeight', `must be at most ${maxHeight} pixels high`, maxHeight);
  const limit = maxPixels ?? PIXELS;
  return pixels.width * pixels.height > limit ? tooMany('maxPixels', `must have at most ${limit} pixels`, limit) : undefined;
}

/** What is wrong with the number of bytes; too many are never stored. */
export function checkSize(size: number, { minBytes = 1 }: FileRules): FileIssue | undefined {
  if (size >= minBytes) return undefined;
  return {
    rule: 'minBytes',
    message: size === 0 ? 'must not be empty' : `must have at least ${minBytes} bytes`,
    params: { limit: minBytes },
  };
}

function tooMany(rule: string, message: string, limit: number): FileIssue {
  return { rule, message, params: { limit } };
}
