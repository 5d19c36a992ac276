import type { RouteContext } from '../request/http-context.js';

/** Adds a name to the reply's Vary header, once; what other parts have said is kept (RFC 9110, 12.5.5). `*` stands for all. */
export function addVary(context: RouteContext, name: string): void {
  const headers = (context.extraHeaders ??= []);
  for (let index = 0; index < headers.length; index += 2) {
    const header = headers[index] as string;
    if (header.length !== 4 || header.toLowerCase() !== 'vary') continue;
    const value = headers[index + 1] as string;
    const names = value.toLowerCase().split(/\s*,\s*/);
    if (!names.includes('*') && !names.includes(name.toLowerCase())) headers[index + 1] = `${value}, ${name}`;
    return;
  }
  headers.push('Vary', name);
}
