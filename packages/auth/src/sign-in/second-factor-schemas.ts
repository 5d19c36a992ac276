/** A code of an app, or from paper. */
export const codeBody = {
  type: 'object',
  required: ['code'],
  properties: { code: { type: 'string', minLength: 1, maxLength: 100 } },
} as const;

export const secondFactorStatus = {
  type: 'object',
  required: ['factors', 'recoveryCodes'],
  properties: {
    factors: {
      type: 'array',
      items: { type: 'string' },
      description: 'The kinds of second factor that are set up, and recovery-code while there are codes; empty: none.',
    },
    recoveryCodes: { type: 'integer', description: 'How many recovery codes are left.' },
  },
} as const;

export const totpEnrolment = {
  type: 'object',
  required: ['secret', 'uri'],
  properties: {
    secret: { type: 'string', description: 'The secret in base32, to be typed into the app.' },
    uri: { type: 'string', description: 'otpauth://totp/…, to be shown as a QR code.' },
  },
} as const;

export const newRecoveryCodes = {
  type: 'object',
  required: ['recoveryCodes'],
  properties: {
    recoveryCodes: {
      type: 'array',
      items: { type: 'string' },
      description: 'To be shown once and kept by the user; empty where the codes that the account has stay valid.',
    },
  },
} as const;
