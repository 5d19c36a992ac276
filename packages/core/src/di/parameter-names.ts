/**
 * The names of a constructor's or function's parameters, read from its source text; `undefined` where a parameter has no plain
 * name. For messages only: nothing is decided by them.
 */
export function parameterNames(target: object): readonly (string | undefined)[] {
  const text = withoutComments(Function.prototype.toString.call(target));
  const start = text.startsWith('class') ? constructorStart(text) : functionStart(text);
  if (start === undefined) return singleName(text);
  return splitParameters(text.slice(start)).map(nameOf);
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, '');
}

function constructorStart(text: string): number | undefined {
  const found = /(?:^|[\s{};])constructor\s*\(/.exec(text);
  return found === null ? undefined : found.index + found[0].length;
}

function functionStart(text: string): number | undefined {
  const found = /^[^=(]*\(/.exec(text);
  return found === null ? undefined : found[0].length;
}

// `clock => …`
function singleName(text: string): readonly (string | undefined)[] {
  const found = /^(?:async\s+)?([\p{ID_Start}$_][\p{ID_Continue}$]*)\s*=>/u.exec(text);
  return found === null ? [] : [found[1]];
}

function splitParameters(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let quote = '';
  let part = '';
  for (const char of text) {
    if (quote !== '') {
      if (char === quote) quote = '';
    } else if (char === '"' || char === "'" || char === '`') quote = char;
    else if ('([{'.includes(char)) depth++;
    else if (')]}'.includes(char) && depth-- === 0) break;
    else if (char === ',' && depth === 0) {
      parts.push(part);
      part = '';
      continue;
    }
    part += char;
  }
  if (part.trim() !== '') parts.push(part);
  return parts;
}

function nameOf(parameter: string): string | undefined {
  return /^\s*(?:\.\.\.)?\s*([\p{ID_Start}$_][\p{ID_Continue}$]*)/u.exec(parameter)?.[1];
}
