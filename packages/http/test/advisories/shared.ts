import { defineGuard, guarded, noCredential } from '@plinth/http';

// Advisories of other frameworks and libraries are provoked in this folder. Those that are not here are in the file of the behaviour:
// docs/reference/advisories.md says where, and table.test.ts that it is so.

export const locked = guarded(
  defineGuard({
    name: 'locked',
    run: () => {
      throw noCredential();
    },
  }),
);
export const admin = locked.get('/admin', {}, () => 'admin');
export const adminItem = locked.get('/admin/:id', {}, () => 'admin');
export const production = { NODE_ENV: 'production', APP_HOSTS: 'localhost' };
export const codeOf = (response: { json(): unknown }) => (response.json() as { code?: string }).code;

/** A value in so many objects. */
export function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level++) value = { value };
  return value;
}
