/** Limits of a multipart form. A part beyond them is refused with 413 before it is stored. */
export interface FormLimits {
  /** Bytes of one file, where its rule says nothing. Default 10 MiB. */
  readonly file?: number;
  /** Files in all. Default 10. */
  readonly files?: number;
  /** Bytes of one field. Default 64 KiB. */
  readonly field?: number;
  /** Fields in all. Default 50. */
  readonly fields?: number;
  /** Parts in all, those included that are not declared. Default 60. */
  readonly parts?: number;
  /** Bytes of the whole body; `limits.body` of a contract wins. Default 25 MiB. */
  readonly total?: number;
}

/** What all multipart forms of a server share. */
export interface UploadOptions {
  /** Where files lie until the request is over. Default: a new folder in the system's folder for temporary files. */
  readonly directory?: string;
  readonly limits?: FormLimits;
}
