import type { ErrorDefinitions } from './error-definitions.js';

/** Multipart forms and the files in them. */
export const UPLOAD_ERRORS = {
  MULTIPART: { kind: 'invalid', title: 'Malformed form', detail: 'The multipart form is refused: {reason}.' },
  FILE_TOO_LARGE: { kind: 'too-large', title: 'File too large', detail: 'The file of "{name}" is larger than {limit} bytes.' },
  FIELD_TOO_LARGE: { kind: 'too-large', title: 'Field too large', detail: 'The field "{name}" is larger than {limit} bytes.' },
  TOO_MANY_PARTS: { kind: 'too-large', title: 'Too many parts', detail: 'The form has more than {limit} {what}.' },
  UPLOAD_STORE: {
    kind: 'internal',
    detail: 'The file of "{name}" could not be stored: {reason}.',
    help: 'See the cause: the folder for temporary files, or the upload target, did not take it.',
  },
  UPLOAD_MOVE: {
    kind: 'internal',
    detail: 'The uploaded file cannot be moved to {to}: {reason}.',
    help: 'Name a file that does not exist yet in a folder that does; a file can be moved once, while its request lasts.',
  },
  UPLOAD_GONE: {
    kind: 'internal',
    detail: 'The uploaded file cannot be read: {reason}.',
    help: 'Read it, move it or keep it before the handler returns; a target that gives files back has a method `read`.',
  },
  FORM_PART: {
    kind: 'internal',
    detail: 'The part "{name}" of a multipart form cannot be declared: {reason}.',
    help: 'Names are flat: a letter or "_", then letters, digits, "_", "." and "-", at most 100 in all. Parts are schemas, field(...), file(...) or files(...); sizes are plain numbers: 2 * 1024 * 1024.',
  },
} as const satisfies ErrorDefinitions;
