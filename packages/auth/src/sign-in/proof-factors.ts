/**
 * What a kind of proof (RFC 8176, section 2) is a proof of: something known, something had, or something the user is. A sign-in elsewhere
 * (`fed`, `wia`) may have been by a password: unless it says `mfa` it proves no more than another password. Names that say where, how
 * likely or by how many channels (`geo`, `rba`, `mca`), that somebody is there (`user`), and names of an application's own are no factor.
 */
const FACTORS: ReadonlyMap<string, 'known' | 'had' | 'body'> = new Map([
  ...(['fed', 'kba', 'pin', 'pwd', 'wia'] as const).map((name) => [name, 'known'] as const),
  ...(['hwk', 'otp', 'pop', 'sc', 'sms', 'swk', 'tel'] as const).map((name) => [name, 'had'] as const),
  ...(['face', 'fpt', 'iris', 'retina', 'vbm'] as const).map((name) => [name, 'body'] as const),
]);

/** Whether these kinds of proof are two factors: `mfa`, or two of which neither could be copied together with the other. */
export function isMultiFactor(methods: readonly string[]): boolean {
  return methods.includes('mfa') || new Set(methods.flatMap((method) => FACTORS.get(method) ?? [])).size > 1;
}
