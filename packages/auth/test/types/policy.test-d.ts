import { enumOf, table, text, uuid, type Database, type Row, type Where } from '@plinth/data';
import { guarded, optional, type FactsOf } from '@plinth/http';
import {
  bearer,
  definePermissions,
  definePolicy,
  defineRoles,
  permission,
  resource,
  session,
  type PolicyFilter,
  type UserSource,
} from '@plinth/auth';
import { allowed, scoped, tablePolicy } from '@plinth/auth/data';
import { expectTypeOf } from 'vitest';

interface User {
  readonly id: string;
  readonly roles: readonly string[];
}
declare class People implements UserSource<User> {
  findById(id: string): Promise<User | undefined>;
}
declare const db: Database;
declare const user: User;

const articles = table('articles', { id: uuid().primary(), author: text(), status: enumOf('draft', 'done'), note: text().nullable() });
type Article = Row<typeof articles>;

// A filter of a policy is a filter of the repository.
expectTypeOf<PolicyFilter<Article>>().toExtend<Where<typeof articles>>();

const policy = tablePolicy({ name: 'article', table: articles })(
  { read: (reader: User) => ({ or: [{ status: 'done' }, { author: reader.id }] }), update: () => ({ status: 'draft' }) },
  { fields: { update: (reader, row) => (row?.author === reader.id ? true : ['note']) } },
);
policy.allows(user, 'update', {} as Article);
// @ts-expect-error there is no such action
policy.allows(user, 'publish', {} as Article);
// @ts-expect-error a text is no user
policy.allows('me', 'read', {} as Article);
// @ts-expect-error an article is a whole row
policy.allows(user, 'read', { id: 'x' });

const on = tablePolicy({ name: 'article', table: articles });
// @ts-expect-error the column is a text
on({ read: (reader: User) => ({ author: reader.id.length }) });
// @ts-expect-error there is no such status
on({ read: () => ({ status: 'open' }) });
// @ts-expect-error a rule answers at once
on({ read: async () => true });
// @ts-expect-error there is no such field
on({ read: () => true }, { fields: { read: () => ['title'] } });
// @ts-expect-error fields are of actions that have a rule
on({ read: () => true }, { fields: { update: () => ['note'] } });

// The guard gives the row under its name, and wants the user that the policy is about.
const guard = allowed(policy, 'update', { as: 'article' });
expectTypeOf<FactsOf<typeof guard>>().toEqualTypeOf<{ readonly article: Article }>();
guarded(bearer({ users: People }), guard).get('/:id', { returns: { type: 'string' } as const }, ({ article }) => article.author);
// @ts-expect-error nobody gives the user
guarded(guard);
// @ts-expect-error the user may be absent, and the policy is about users
guarded(optional(bearer({ users: People })), guard);
// @ts-expect-error there is no such action
allowed(policy, 'publish');
const visitors = on({ read: (reader: User | undefined) => ({ author: reader?.id ?? '' }) });
guarded(optional(bearer({ users: People })), allowed(visitors, 'read'));

expectTypeOf(scoped(db, policy, user).get('x')).resolves.toEqualTypeOf<Article>();
// @ts-expect-error a text is no user
scoped(db, policy, 'me');
// @ts-expect-error relations have policies of their own
void scoped(db, policy, user).findMany({ with: {} });

const own = definePolicy(resource<{ readonly owner: string; readonly kind: 'a' | 'b' }>('thing'))({ read: () => ({ kind: 'a' }) });
expectTypeOf(own.where(user, 'read')).toExtend<object>();

const permissions = definePermissions({ 'a.read': 'Read', 'a.write': 'Write' });
const roles = defineRoles(permissions, { reader: { permits: ['a.read'] }, writer: { includes: ['reader'], permits: ['a.write'] } });
guarded(session, permission(roles, 'a.write'));
// @ts-expect-error there is no such permission
permission(roles, 'a.burn');
// @ts-expect-error nobody gives the user
guarded(permission(roles, 'a.write'));
// @ts-expect-error there is no such permission
roles.permits(user, 'a.burn');
// @ts-expect-error there is no such permission
defineRoles(permissions, { reader: { permits: ['a.burn'] } });
// @ts-expect-error there is no such role
defineRoles(permissions, { writer: { includes: ['nobody'] } });
