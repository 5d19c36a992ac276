import { createKeyCheck, type Sensitivity } from './sensitive-key.js';

/** What stands in the place of a hidden value. */
export const redacted = '[redacted]';

/** Longest string of a log line, in UTF-16 code units. */
export const longestText = 8_192;

const longestName = 100;

// Bounded repetition keeps these linear on hostile text; texts are cut to `longestText` first.
const userInfo = /([a-z][a-z0-9+.-]{0,30}:\/\/[^\s:/?#@]{0,200}):[^\s/?#]{1,500}@/gi;
const scheme = /\b(Bearer|Basic|Token) +[A-Za-z0-9._~+/=-]{8,}/gi;
const jwt = /\beyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*/g;

/**
 * A text without its secrets: values of sensitive names in query strings, passwords in URLs, bearer and basic
 * credentials, JSON web tokens. Longer than 8,192 characters, it is cut.
 */
export function redactText(text: string, checkKey: (key: string) => Sensitivity = defaultKeyCheck): string {
  let result = text.length > longestText ? cut(text) : text;
  if (result.includes(' ')) result = result.replace(scheme, `$1 ${redacted}`);
  if (result.includes('=')) result = redactPairs(result, checkKey);
  if (result.includes('://')) result = result.replace(userInfo, `$1:${redacted}@`);
  if (result.includes('eyJ')) result = result.replace(jwt, redacted);
  return result;
}

/** A URL or path whose query holds no secret: `/reset?token=…` becomes `/reset?token=[redacted]`. */
export function redactUrl(url: string): string {
  return url.includes('?') || url.includes('@') || url.length > longestText ? redactText(url) : url;
}

const defaultKeyCheck = createKeyCheck();

function cut(text: string): string {
  return `${text.slice(0, longestText)}… (${text.length - longestText} more characters)`;
}

// By hand and not by a pattern: queries stand in the log line of each request, and this takes a tenth of the time.
function redactPairs(text: string, checkKey: (key: string) => Sensitivity): string {
  let result = '';
  let done = 0;
  for (let equals = text.indexOf('='); equals !== -1; equals = text.indexOf('=', Math.max(equals + 1, done))) {
    const name = text.slice(findNameStart(text, equals, done), equals);
    if (name === '' || checkKey(decodeName(name)) === 'plain') continue;
    const end = findValueEnd(text, equals + 1);
    if (end === equals + 1) continue;
    result += text.slice(done, equals + 1) + redacted;
    done = end;
  }
  return done === 0 ? text : result + text.slice(done);
}

function findNameStart(text: string, equals: number, from: number): number {
  let start = equals;
  const first = Math.max(from, equals - longestName);
  while (start > first && !isDelimiter(text.charCodeAt(start - 1))) start--;
  return start;
}

function findValueEnd(text: string, from: number): number {
  let end = from;
  while (end < text.length && (text.charCodeAt(end) === 61 || !isDelimiter(text.charCodeAt(end)))) end++;
  return end;
}

// Blanks and control characters, " # & ' ; < = > ?
function isDelimiter(code: number): boolean {
  return code <= 32 || code === 34 || code === 35 || code === 38 || code === 39 || (code >= 59 && code <= 63);
}

function decodeName(name: string): string {
  if (!name.includes('%')) return name;
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
