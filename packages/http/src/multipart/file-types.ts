/** Types that are told by the bytes of a file. */
export type FileType = keyof typeof FILE_TYPES;

/** What is known of a type. */
export interface FileTypeFacts {
  /** Endings of its files; the first is given to stored ones. */
  readonly endings: readonly [string, ...string[]];
  /** Other names that clients have for it. */
  readonly aliases?: readonly string[];
  /** Types with the same beginning, among which the ending decides. */
  readonly container?: string;
  /** Runs scripts where a browser shows it: accepted only where a rule names it. */
  readonly active?: true;
}

const zipped = { container: 'application/zip' } as const;
const text = { container: 'text/plain' } as const;

/** The types of files that are known, with their endings. */
export const FILE_TYPES = {
  'image/png': { endings: ['png'], aliases: ['image/x-png'] },
  'image/jpeg': { endings: ['jpg', 'jpeg', 'jpe', 'jfif'], aliases: ['image/jpg', 'image/pjpeg'] },
  'image/gif': { endings: ['gif'] },
  'image/webp': { endings: ['webp'] },
  'image/avif': { endings: ['avif'] },
  'image/heic': { endings: ['heic', 'heif'], aliases: ['image/heif'] },
  'image/bmp': { endings: ['bmp'], aliases: ['image/x-ms-bmp'] },
  'image/tiff': { endings: ['tif', 'tiff'] },
  'image/x-icon': { endings: ['ico'], aliases: ['image/vnd.microsoft.icon'] },
  'image/svg+xml': { endings: ['svg'], active: true },
  'application/pdf': { endings: ['pdf'] },
  'application/zip': { endings: ['zip'], aliases: ['application/x-zip-compressed'] },
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': { endings: ['docx'], ...zipped },
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': { endings: ['xlsx'], ...zipped },
  'application/vnd.openxmlformats-officedocument.presentationml.presentation': { endings: ['pptx'], ...zipped },
  'application/vnd.oasis.opendocument.text': { endings: ['odt'], ...zipped },
  'application/epub+zip': { endings: ['epub'], ...zipped },
  'application/gzip': { endings: ['gz', 'tgz'], aliases: ['application/x-gzip'] },
  'application/x-7z-compressed': { endings: ['7z'] },
  'video/mp4': { endings: ['mp4', 'm4v'] },
  'audio/mp4': { endings: ['m4a'], aliases: ['audio/x-m4a'] },
  'video/quicktime': { endings: ['mov'] },
  'video/webm': { endings: ['webm', 'mkv'], aliases: ['audio/webm', 'video/x-matroska'] },
  'audio/mpeg': { endings: ['mp3'], aliases: ['audio/mp3'] },
  'audio/wav': { endings: ['wav'], aliases: ['audio/x-wav', 'audio/wave', 'audio/vnd.wave'] },
  'audio/ogg': { endings: ['ogg', 'oga', 'opus', 'ogv'], aliases: ['video/ogg', 'application/ogg'] },
  'audio/flac': { endings: ['flac'], aliases: ['audio/x-flac'] },
  'text/html': { endings: ['html', 'htm', 'xhtml'], aliases: ['application/xhtml+xml'], active: true },
  'application/xml': { endings: ['xml'], aliases: ['text/xml'] },
  'application/json': { endings: ['json'], ...text },
  'text/csv': { endings: ['csv'], aliases: ['application/csv', 'application/vnd.ms-excel'], ...text },
  'text/markdown': { endings: ['md', 'markdown'], ...text },
  'text/calendar': { endings: ['ics'], ...text },
  'text/plain': { endings: ['txt', 'log', 'text'] },
} as const satisfies Readonly<Record<string, FileTypeFacts>>;

const byEnding = new Map<string, FileType>();
const byName = new Map<string, FileType>();
for (const [type, facts] of Object.entries(FILE_TYPES) as [FileType, FileTypeFacts][]) {
  for (const ending of facts.endings) byEnding.set(ending, type);
  for (const name of [type, ...(facts.aliases ?? [])]) byName.set(name, type);
}

/** The facts of a type; `undefined` for one that is not in the table. */
export function factsOf(type: string): FileTypeFacts | undefined {
  return Object.hasOwn(FILE_TYPES, type) ? FILE_TYPES[type as FileType] : undefined;
}

/** The type that an ending promises, where it is a known one. */
export function typeOfEnding(ending: string): FileType | undefined {
  return byEnding.get(ending);
}

/** The type that a client's Content-Type names, where it is a known one. */
export function typeOfName(name: string): FileType | undefined {
  return byName.get(name);
}
