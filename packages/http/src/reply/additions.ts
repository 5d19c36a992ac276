import type { Head } from '../route/reply-plan.js';

/** Names that are remembered of one head: an author may make them up. */
const REMEMBERED = 64;

/** What of the headers that replies bring themselves only adds to one head. */
export class Additions {
  readonly #names: ReadonlySet<string>;
  readonly #stores: boolean;
  readonly #known = new Map<string, boolean>();

  constructor({ fields, cacheAt }: Head) {
    this.#names = new Set(fields.filter((_text, index) => index % 2 === 0).map((name) => name.toLowerCase()));
    this.#stores = cacheAt === -1;
  }

  /** Whether a header with this name adds one. */
  takes(name: string): boolean {
    return this.#known.get(name) ?? this.#judge(name);
  }

  #judge(name: string): boolean {
    const lower = name.toLowerCase();
    const adds = !this.#names.has(lower) && !FRAMING.has(lower) && !(lower === 'set-cookie' && this.#stores);
    if (this.#known.size < REMEMBERED) this.#known.set(name, adds);
    return adds;
  }
}

/**
 * Whether headers only add to a head, so that none of its constant ones has to be replaced: no name of the head, none that frames the
 * message, and cookies only where storing is forbidden already.
 */
export function isAddition(head: Head, own: readonly string[]): boolean {
  const additions = head.additions ?? (head.additions = new Additions(head));
  for (let index = 0; index < own.length; index += 2) if (!additions.takes(own[index] as string)) return false;
  return true;
}

const FRAMING: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'content-length',
  'date',
  'trailer',
  'upgrade',
]);
