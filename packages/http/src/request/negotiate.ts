import type { HttpContext } from '../contract/context-of.js';
import { HTTP_ERRORS } from '../errors.js';

/** One entry of an `Accept` or `Accept-Encoding` header, in lower case, with its weight (0 to 1). */
interface Weighted {
  readonly name: string;
  readonly weight: number;
}

/**
 * The media type of those offered that the client likes best, by the weights of its `Accept` header (RFC 9110, 12.5.1); of equals the
 * first. Says `Vary: Accept`. Throws `HTTP_NOT_ACCEPTABLE` (406) where none of them is taken; a client without the header takes all.
 *
 * @example
 * const type = negotiate(context, ['application/json', 'text/csv']);
 */
export function negotiate<const Type extends string>(context: Pick<HttpContext, 'header' | 'setHeader'>, offers: readonly Type[]): Type {
  addVary(context, 'Accept');
  const chosen = pickType(context.header('accept'), offers);
  if (chosen === undefined) throw HTTP_ERRORS.NOT_ACCEPTABLE({ offered: offers.join(', ') });
  return chosen;
}

/** The offer that an `Accept` header likes best; `undefined` where it takes none. @internal */
export function pickType<Type extends string>(header: string | undefined, offers: readonly Type[]): Type | undefined {
  if (header === undefined || header.trim() === '') return offers[0];
  const accepted = readWeights(header);
  let best: Type | undefined;
  let highest = 0;
  for (const offer of offers) {
    const weight = weightOfType(accepted, (offer.split(';', 1)[0] as string).trim().toLowerCase());
    if (weight > highest) {
      highest = weight;
      best = offer;
    }
  }
  return best;
}

/**
 * The content coding that an `Accept-Encoding` header likes best (RFC 9110, 12.5.3): one of `offers`, of equals the first; `identity`
 * for none; `undefined` where it takes nothing that there is. @internal
 */
export function pickEncoding<Coding extends string>(
  header: string | undefined,
  offers: readonly Coding[],
): Coding | 'identity' | undefined {
  if (header === undefined || header.trim() === '') return 'identity';
  const accepted = readWeights(header);
  const weightOf = (name: string) => accepted.find((entry) => entry.name === name || entry.name === `x-${name}`)?.weight;
  const any = weightOf('*');
  let best: Coding | 'identity' | undefined;
  let highest = 0;
  for (const offer of offers) {
    const weight = weightOf(offer) ?? any ?? 0;
    if (weight > highest) {
      highest = weight;
      best = offer;
    }
  }
  const plain = weightOf('identity');
  if (best === undefined || (plain ?? 0) > highest) return acceptsIdentity(header) ? 'identity' : best;
  return best;
}

/** Whether an answer may be sent as it is. @internal */
export function acceptsIdentity(header: string | undefined): boolean {
  if (header === undefined) return true;
  const accepted = readWeights(header);
  const own = accepted.find(({ name }) => name === 'identity') ?? accepted.find(({ name }) => name === '*');
  return own === undefined || own.weight > 0;
}

/** Adds a name to the `Vary` of a reply, beside those that are there. @internal */
export function addVary(context: object, name: string): void {
  const { extraHeaders } = context as { extraHeaders: string[] | null };
  const headers = extraHeaders ?? ((context as { extraHeaders: string[] | null }).extraHeaders = []);
  for (let index = 0; index < headers.length; index += 2)
    if ((headers[index] as string).toLowerCase() === 'vary' && headers[index + 1] === name) return;
  headers.push('Vary', name);
}

const MOST_ENTRIES = 64;

function readWeights(header: string): readonly Weighted[] {
  return header
    .split(',', MOST_ENTRIES)
    .map((entry) => {
      const [name = '', ...parameters] = entry.split(';');
      const weight = parameters
        .map((parameter) => /^\s*q\s*=\s*(\d(?:\.\d{0,3})?)\s*$/i.exec(parameter)?.[1])
        .find((text) => text !== undefined);
      return { name: name.trim().toLowerCase(), weight: weight === undefined ? 1 : Math.min(1, Number(weight)) };
    })
    .filter(({ name }) => name !== '');
}

/** The most specific entry decides: the type itself, its kind, anything. */
function weightOfType(accepted: readonly Weighted[], type: string): number {
  const kind = `${type.split('/', 1)[0]}/*`;
  let found: Weighted | undefined;
  let rank = 0;
  for (const entry of accepted) {
    const own = entry.name === type ? 3 : entry.name === kind ? 2 : entry.name === '*/*' ? 1 : 0;
    if (own > rank || (own === rank && own > 0 && entry.weight > (found as Weighted).weight)) {
      found = entry;
      rank = own;
    }
  }
  return found?.weight ?? 0;
}
