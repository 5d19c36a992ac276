import type { RouteContext } from '../request/http-context.js';

/** Headers that the server adds to a reply, behind those of its author: what the author has said stays. */
export class FieldList {
  readonly #fields: string[];
  readonly #extra: readonly string[];

  constructor({ extraHeaders }: RouteContext, own: readonly string[], more: readonly string[] = []) {
    this.#fields = own.slice();
    this.#extra = extraHeaders ?? [];
    for (let index = 0; index < more.length; index += 2) this.put(more[index] as string, more[index + 1] as string);
  }

  get flat(): readonly string[] {
    return this.#fields;
  }

  get(name: string): string | undefined {
    return find(this.#fields, name) ?? find(this.#extra, name);
  }

  put(name: string, value: string): void {
    if (this.get(name) === undefined) this.#fields.push(name, value);
  }

  /** Puts a header in the place of the author's. */
  replace(name: string, value: string): void {
    const lower = name.toLowerCase();
    for (let index = this.#fields.length - 2; index >= 0; index -= 2)
      if ((this.#fields[index] as string).toLowerCase() === lower) this.#fields.splice(index, 2);
    this.#fields.push(name, value);
  }
}

function find(fields: readonly string[], name: string): string | undefined {
  const lower = name.toLowerCase();
  for (let index = 0; index < fields.length; index += 2) if ((fields[index] as string).toLowerCase() === lower) return fields[index + 1];
  return undefined;
}
