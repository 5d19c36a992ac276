import { HTTP_ERRORS } from '../errors.js';
import { compilePolicy, fullRate, type CompiledPolicy } from './compile-policy.js';
import type { OperatorRates } from './operator-rates.js';
import type { Rate, WhenDown } from './rate-limit-options.js';

/** The policies of one server, by name. */
export class Policies {
  readonly #known = new Map<string, CompiledPolicy>();
  readonly #names = new Set<string>();
  readonly #rates: OperatorRates;

  constructor(rates: OperatorRates) {
    this.#rates = rates;
  }

  /**
   * The policy of a name; where the operator gave it a rate, with that. `undefined`: the operator switched it off. Throws
   * `HTTP_RATE_LIMIT` for a rate that makes no sense, or for two of one name.
   */
  of(name: string, rate: Rate, whenDown: WhenDown, route: string): CompiledPolicy | undefined {
    // Compiled even where it is switched off or replaced: what the author wrote is checked on every machine.
    const written = compilePolicy(name, fullRate(rate, name, route), whenDown, route);
    this.#names.add(name);
    if (this.#rates === 'off') return undefined;
    const operator = this.#rates.get(name);
    if (operator === 'off') return undefined;
    const policy = operator === undefined ? written : compilePolicy(name, operator, whenDown, route);
    const known = this.#known.get(name);
    if (known === undefined) {
      this.#known.set(name, policy);
      return policy;
    }
    if (known.interval !== policy.interval || known.capacity !== policy.capacity || known.whenDown !== policy.whenDown)
      throw HTTP_ERRORS.RATE_LIMIT({ name: JSON.stringify(name), route, reason: 'another route gives the same name another rate' });
    return known;
  }

  /** Throws `HTTP_RATE_LIMITS` where the operator's rates name a limit that no route has: a typing error would leave the written one in force. */
  checkNames(): void {
    if (this.#rates === 'off') return;
    const unknown = [...this.#rates.keys()].find((name) => !this.#names.has(name));
    if (unknown === undefined) return;
    const known = [...this.#names].sort().map((name) => JSON.stringify(name));
    const reason = `the name of no limit here; ${known.length === 0 ? 'there is none' : `there are ${known.join(', ')}`}`;
    throw HTTP_ERRORS.RATE_LIMITS({ value: JSON.stringify(unknown), reason });
  }
}
