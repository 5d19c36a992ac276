// eslint-disable-next-line no-control-regex
const controls = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
const LONGEST = 200;

/**
 * The value of a `Content-Disposition` header that makes a browser save the answer under this name (RFC 6266, RFC 8187). Of a path only
 * the last part is kept; control characters, text-direction marks and what Windows does not take are replaced, so that no name can end
 * the header, leave the folder of downloads, or hide its extension.
 *
 * @example
 * download('Rechnung №7.pdf'); // attachment; filename="Rechnung _7.pdf"; filename*=UTF-8''Rechnung%20%E2%84%967.pdf
 */
export function download(name: string): string {
  return disposition('attachment', name);
}

/** A `Content-Disposition` with a name made safe. @internal */
export function disposition(type: 'attachment' | 'inline', name: string): string {
  const safe = safeName(name);
  // eslint-disable-next-line no-control-regex
  const ascii = safe.replace(/[^\x20-\x7e]/gu, '_').replace(/[%"\\]/g, '_');
  const plain = `${type}; filename="${ascii}"`;
  return ascii === safe ? plain : `${plain}; filename*=UTF-8''${encode(safe)}`;
}

function safeName(name: string): string {
  const last = name.toWellFormed().split(/[/\\]/).at(-1) ?? '';
  const clean = last
    .normalize('NFC')
    .replace(controls, '_')
    .replace(/[<>:"|?*]/g, '_')
    .replace(/^[. ]+|[. ]+$/g, '');
  if (clean === '') return 'download';
  if (clean.length <= LONGEST) return clean;
  // What says the kind of a file is at its end.
  const dot = clean.lastIndexOf('.');
  const extension = dot > 0 && clean.length - dot <= 20 ? clean.slice(dot) : '';
  return (clean.slice(0, LONGEST - extension.length) + extension).toWellFormed();
}

// attr-char of RFC 8187 leaves less unescaped than encodeURIComponent does.
function encode(text: string): string {
  return encodeURIComponent(text).replace(/['()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}
