import { expect, test } from 'vitest';
import { describeAccess } from './describe-access.js';

test.each([
  [['session'], 'signed in'],
  [['session', 'role(admin, owner)'], 'signed in, role admin or owner'],
  [['session', 'permission(article.publish: editor, admin)'], 'signed in, permission article.publish (editor, admin)'],
  [['session', 'permission(article.publish: no role)'], 'signed in, permission article.publish (no role)'],
  [['bearer', 'scopes(orders:read, orders:write)'], 'access token, scopes orders:read and orders:write'],
  [['anyOf(session, apiKey(orders:read))', 'allowed(update article)'], '(signed in or API key for orders:read), who may update article'],
  [['impersonable', 'session', 'stepUp(300 s, otp or hwk)'], 'signed in, proof of the last 300 s, otp or hwk'],
  [['session', 'requireMfa', 'stepUp(600 s)'], 'signed in, two factors, proof of the last 600 s'],
  [['preAuthenticated(X-Remote-User)'], 'named by a proxy in X-Remote-User'],
  [['bearer', 'authLevel'], 'access token, a sign-in as strong and as recent as the route wants'],
  [['key', 'tenant(acme, (a, b))'], 'guard key, guard tenant(acme, (a, b))'],
  [['toString'], 'guard toString'],
])('%j lets in: %s', (guards, who) => {
  expect(describeAccess(guards)).toEqual({ open: false, who });
});

test('no guard, and none but optional ones, let anybody in', () => {
  expect(describeAccess([])).toEqual({ open: true, who: 'anybody' });
  expect(describeAccess(['optional(anyOf(session, bearer))'])).toEqual({
    open: true,
    who: 'anybody; known if (signed in or access token)',
  });
  expect(describeAccess(['optional(session)', 'role(admin)'])).toEqual({ open: false, who: 'role admin' });
  expect(describeAccess(['impersonable']).open).toBe(true);
});
