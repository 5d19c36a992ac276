/** Who may call a route, in words. */
export interface Access {
  /** Whether anybody at all may: no guard, or none but `optional(...)`. */
  readonly open: boolean;
  readonly who: string;
}

/** A guard by name, as `role(admin, owner)` is written. */
interface Named {
  readonly name: string;
  readonly given: readonly string[];
}

/** Says in words whom the guards of a route let in, by their names. */
export function describeAccess(guards: readonly string[]): Access {
  const read = guards.map(readName).filter(({ name }) => name !== 'impersonable');
  const required = read.filter(({ name }) => name !== 'optional');
  if (required.length === 0)
    return { open: true, who: read.length === 0 ? 'anybody' : `anybody; known if ${read.map(inside).join(' and ')}` };
  return { open: false, who: required.map(describe).join(', ') };
}

const words: Readonly<Record<string, (given: readonly string[]) => string>> = {
  session: () => 'signed in',
  sessionPending: () => 'signed in but for the second factor',
  impersonated: () => 'acting as another user',
  bearer: () => 'access token',
  basic: () => 'name and password',
  apiKey: (given) => (given.length === 0 ? 'API key' : `API key for ${given.join(', ')}`),
  remoteTokens: (given) => `access token of ${given.join(', ')}`,
  role: (given) => `role ${given.join(' or ')}`,
  scopes: (given) => `scopes ${given.join(' and ')}`,
  permission: ([first = '', ...others]) => {
    const [name, role] = first.split(': ', 2);
    return role === undefined ? `permission ${first}` : `permission ${name} (${[role, ...others].join(', ')})`;
  },
  allowed: (given) => `who may ${given.join(', ')}`,
  stepUp: (given) => `proof of the last ${given.join(', ')}`,
  requireMfa: () => 'two factors',
  authLevel: () => 'a sign-in as strong and as recent as the route wants',
  preAuthenticated: ([header = 'a header']) => `named by a proxy in ${header}`,
};

function describe(guard: Named): string {
  if (guard.name === 'anyOf') return `(${guard.given.map((each) => describe(readName(each))).join(' or ')})`;
  if (guard.name === 'optional') return 'anybody';
  const known = Object.hasOwn(words, guard.name) ? words[guard.name] : undefined;
  if (known !== undefined) return known(guard.given);
  return guard.given.length === 0 ? `guard ${guard.name}` : `guard ${guard.name}(${guard.given.join(', ')})`;
}

function inside({ given }: Named): string {
  return given.map((each) => describe(readName(each))).join(' or ');
}

function readName(text: string): Named {
  const [, name, given] = /^([^(]+)\((.*)\)$/s.exec(text) ?? [];
  return name === undefined ? { name: text, given: [] } : { name, given: splitOutside(given ?? '') };
}

/** Splits at commas that are in no brackets. */
function splitOutside(text: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let index = 0; index < text.length; index++) {
    if (text[index] === '(') depth++;
    else if (text[index] === ')') depth--;
    else if (text[index] === ',' && depth === 0) {
      parts.push(text.slice(start, index));
      start = index + 1;
    }
  }
  return [...parts, text.slice(start)].map((part) => part.trim()).filter((part) => part !== '');
}
