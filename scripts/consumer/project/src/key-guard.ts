import { defineGuard, noCredential, unauthenticated } from '@plinth/http';

/** A caller proves who it is by a key. */
export const key = defineGuard({
  name: 'key',
  run: (context): { user: { id: string } } => {
    const given = context.headers['x-key'];
    if (given === undefined) throw noCredential('send the header X-Key');
    if (given !== 'good') throw unauthenticated('the key is unknown');
    return { user: { id: 'caller' } };
  },
});
