const email = { type: 'string', minLength: 3, maxLength: 320, description: 'An e-mail address.' } as const;
const password = { type: 'string', minLength: 1, maxLength: 4_096 } as const;
const token = { type: 'string', minLength: 1, maxLength: 200, description: 'What stood after #token= in the link of the mail.' } as const;
const name = { type: ['string', 'null'], minLength: 1, maxLength: 200 } as const;

/** The bodies of `accountRoutes`: what is not declared is refused, so that nobody writes their own `roles`. */
export const accountBodies = {
  register: { type: 'object', required: ['email', 'password'], properties: { email, password, name } },
  confirmRegistration: { type: 'object', required: ['token'], properties: { token, password } },
  signIn: { type: 'object', required: ['email', 'password'], properties: { email, password, remember: { type: 'boolean' } } },
  update: { type: 'object', required: ['name'], properties: { name } },
  changePassword: { type: 'object', required: ['current', 'password'], properties: { current: password, password } },
  email: { type: 'object', required: ['email'], properties: { email } },
  resetPassword: { type: 'object', required: ['token', 'password'], properties: { token, password } },
  password: { type: 'object', required: ['password'], properties: { password } },
  token: { type: 'object', required: ['token'], properties: { token } },
} as const;

/** What a route answers that must not say whether there is such an account. */
export const nothingSaid = { type: 'object', properties: {} } as const;

/** The account of who is signed in. */
export const ownAccount = {
  type: 'object',
  required: ['id', 'email', 'name', 'roles', 'createdAt', 'hasPassword'],
  properties: {
    id: { type: 'string' },
    email: { type: 'string' },
    name: { type: ['string', 'null'] },
    roles: { type: 'array', items: { type: 'string' } },
    createdAt: { type: 'string', format: 'date-time' },
    hasPassword: { type: 'boolean' },
  },
} as const;

/** What `ownAccount` describes. */
export interface OwnAccount {
  id: string;
  email: string;
  name: string | null;
  roles: string[];
  /** ISO 8601. */
  createdAt: string;
  hasPassword: boolean;
}
