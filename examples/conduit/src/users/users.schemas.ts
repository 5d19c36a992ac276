import { defineSchema } from '@plinth/validation';
import { NICKNAME, PASSWORD } from '../field-schemas.js';

const email = { type: 'string', format: 'email', minLength: 1, maxLength: 254 } as const;

/** The answer to everything about one's own account. */
export const UserReply = defineSchema({
  $id: 'UserResponse',
  type: 'object',
  required: ['user'],
  properties: {
    user: {
      type: 'object',
      required: ['email', 'token', 'username', 'bio', 'image'],
      properties: {
        email: { type: 'string' },
        token: { type: 'string' },
        username: { type: 'string' },
        bio: { type: ['string', 'null'] },
        image: { type: ['string', 'null'] },
      },
    },
  },
});

export const NewUser = defineSchema({
  $id: 'NewUserRequest',
  type: 'object',
  required: ['user'],
  properties: {
    user: {
      type: 'object',
      required: ['username', 'email', 'password'],
      properties: { username: NICKNAME, email, password: PASSWORD },
    },
  },
});

/** Any text may be tried: whether it could be an address or a password is nobody's business here. */
export const Credentials = defineSchema({
  $id: 'LoginUserRequest',
  type: 'object',
  required: ['user'],
  properties: {
    user: {
      type: 'object',
      required: ['email', 'password'],
      properties: { email: { type: 'string', minLength: 1, maxLength: 254 }, password: { type: 'string', minLength: 1, maxLength: 1_024 } },
    },
  },
});

export const UserChange = defineSchema({
  $id: 'UpdateUserRequest',
  type: 'object',
  required: ['user'],
  properties: {
    user: {
      type: 'object',
      minProperties: 1,
      properties: {
        username: NICKNAME,
        email,
        password: PASSWORD,
        bio: { type: ['string', 'null'], maxLength: 2_000 },
        image: { type: ['string', 'null'], maxLength: 2_000 },
      },
    },
  },
});
