/** Content codings that answers can be sent in. `zstd` where Node has it (22.15, 23.8). */
export type Coding = 'br' | 'gzip' | 'zstd';

/** How answers are compressed. */
export interface CompressOptions {
  /** Bytes below which nothing is compressed. Default 1,024. Streams of unknown length always are. */
  readonly threshold?: number;
  /** Codings by preference, where a client likes several equally. Default `['br', 'zstd', 'gzip']`. */
  readonly encodings?: readonly Coding[];
  /** Media types that are worth it. Default: texts, JSON, XML, JavaScript, SVG, WebAssembly, uncompressed fonts. */
  readonly types?: RegExp;
}
