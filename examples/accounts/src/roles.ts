import { definePermissions, defineRoles } from '@plinth/auth';

export const permissions = definePermissions({
  'account.list': 'See all accounts',
  'account.change': 'Disable and enable accounts, sign them out, give and take roles',
});

/** Whoever registers is a `user` without being told so: it takes no permission to write notes of one's own. */
export const roles = defineRoles(permissions, {
  user: { permits: [] },
  admin: { includes: ['user'], permits: 'all' },
});
