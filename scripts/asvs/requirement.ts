/** A part of Plinth that does not exist yet. */
export type LaterPart = 'graphql' | 'websockets' | 'cache' | 'sbom' | 'audit';

/** A part that is being built: the page cannot be made while one is named. */
export type PendingPart = 'accounts' | 'passkeys' | 'oidc';

/** How a requirement is met, or why it is not Plinth's. */
export type Proof =
  /** Tests that show it, as `packages/auth/test/sessions.test.ts > its full name`; a `*` at its end stands for every end. */
  | { readonly tests: readonly string[] }
  /** It is somebody else's, and `how` says what Plinth gives them for it. */
  | { readonly owner: 'author' | 'operator' }
  /** It belongs to a part that does not exist yet. */
  | { readonly later: LaterPart }
  /** It could be met and is not: what is missing. */
  | { readonly missing: string }
  | { readonly pending: PendingPart };

/** One requirement of the OWASP ASVS 5.0, in words of our own. */
export type Requirement = {
  readonly id: string;
  readonly level: 1 | 2;
  /** What is asked, in a few words. */
  readonly asks: string;
  /** What Plinth does about it, in a sentence. */
  readonly how: string;
  /** `default`: holds with nothing to configure. `one line`: the author or operator says it in one line. */
  readonly by: 'default' | 'one line';
} & Proof;

/** The requirements of one chapter. */
export interface Chapter {
  readonly number: number;
  readonly title: string;
  readonly requirements: readonly Requirement[];
}

/** Names of the tests of one file: `const sessions = testsOf('packages/auth/test/sessions.test.ts')`, then `sessions('its full name')`. */
export function testsOf(file: string): (name: string) => string {
  return (name) => `${file} > ${name}`;
}

/** File and full name of a test that a requirement names. */
export function splitTest(test: string): { readonly file: string; readonly name: string } {
  const at = test.indexOf(' > ');
  return at === -1 ? { file: test, name: '' } : { file: test.slice(0, at), name: test.slice(at + 3) };
}
