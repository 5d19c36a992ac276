import { allSecurity, type GuardSecurity, type RouteDefinition } from '@plinth/http';
import { OPENAPI_ERRORS } from '../errors.js';
import type { JsonObject, SecurityRequirement } from './open-api-document.js';
import { toJson } from './walk-schema.js';

/** The security schemes of all guards, by name. */
export class SecuritySchemes {
  readonly #schemes = new Map<string, JsonObject>();

  /**
   * What a route asks for: alternatives; an empty list means nothing, an empty alternative that the credential may be left out.
   * Throws `OPENAPI_SECURITY_SCHEME` when two guards mean different schemes by one name.
   */
  of({ guards }: RouteDefinition): readonly SecurityRequirement[] {
    const alternatives = allSecurity(guards);
    if (alternatives.every((schemes) => schemes.length === 0)) return [];
    const requirements = alternatives.map((schemes) => this.#requirement(schemes));
    return [...new Map(requirements.map((requirement) => [JSON.stringify(requirement), requirement])).values()];
  }

  components(): { readonly [name: string]: JsonObject } {
    return Object.fromEntries([...this.#schemes].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  #requirement(schemes: readonly GuardSecurity[]): SecurityRequirement {
    const requirement: { [scheme: string]: readonly string[] } = {};
    for (const security of schemes) {
      this.#keep(security);
      requirement[security.name] = [...new Set([...(requirement[security.name] ?? []), ...(security.scopes ?? [])])];
    }
    return requirement;
  }

  #keep({ name, scheme }: GuardSecurity): void {
    const json = toJson(scheme);
    const known = this.#schemes.get(name);
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(json)) throw OPENAPI_ERRORS.SECURITY_SCHEME({ name });
    this.#schemes.set(name, json);
  }
}
