// multipart forms: fields and files of a request
export { multipart, type MultipartBody } from './multipart.js';
export {
  field,
  file,
  files,
  type AcceptedType,
  type FieldPart,
  type FilePart,
  type FileRules,
  type FilesPart,
  type FormParts,
  type FormValue,
} from './form-parts.js';
export type { FileType } from './file-types.js';
export type { FormLimits } from '../server/upload-options.js';
export type { UploadedFile } from './uploaded-file.js';
export type { UploadInfo, UploadTarget } from './upload-target.js';
export { UploadFolder } from './upload-folder.js';
