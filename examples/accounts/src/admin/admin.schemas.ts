import { defineSchema } from '@plinth/validation';

const moment = { type: 'string', format: 'date-time' } as const;

export const AccountReply = defineSchema({
  $id: 'Account',
  type: 'object',
  required: ['id', 'email', 'name', 'roles', 'createdAt', 'disabledAt'],
  properties: {
    id: { type: 'string' },
    email: { type: 'string' },
    name: { type: ['string', 'null'] },
    roles: { type: 'array', items: { type: 'string' } },
    createdAt: moment,
    disabledAt: { anyOf: [moment, { type: 'null' }] },
  },
});

export const AccountsReply = defineSchema({
  $id: 'Accounts',
  type: 'object',
  required: ['items', 'next'],
  properties: {
    items: { type: 'array', items: AccountReply },
    next: { type: ['string', 'null'], description: '`after` of the next page; null at the end.' },
  },
});

export const AccountsQuery = defineSchema({
  type: 'object',
  properties: {
    search: { type: 'string', maxLength: 254, description: 'Only accounts whose address contains this.' },
    after: { type: 'string', maxLength: 40 },
  },
});

export const RolesChange = defineSchema({
  $id: 'RolesChange',
  type: 'object',
  required: ['roles'],
  properties: { roles: { type: 'array', maxItems: 2, uniqueItems: true, items: { enum: ['user', 'admin'] } } },
});

export const EndedReply = defineSchema({ type: 'object', required: ['ended'], properties: { ended: { type: 'integer' } } });
