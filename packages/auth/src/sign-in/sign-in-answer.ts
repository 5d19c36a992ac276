import type { SignIn } from './sign-ins.js';

/** The answer of every route that signs somebody in: it says what the page does next, and of the user nothing but how to go on. */
export const signInAnswer = {
  type: 'object',
  required: ['state', 'factors'],
  properties: {
    state: { enum: ['signed-in', 'second-factor'], description: 'Whether the sign-in is complete, or waits for a second factor.' },
    factors: {
      type: 'array',
      items: { type: 'string' },
      description: 'By which kinds of second factor it can be completed; empty when it is complete.',
    },
  },
} as const;

/** What `signInAnswer` describes. */
export interface SignInAnswer {
  state: 'signed-in' | 'second-factor';
  /** Such as `['totp', 'passkey', 'recovery-code']`. */
  factors: string[];
}

/** What a client is told of a sign-in. */
export function toSignInAnswer({ pending, factors }: Pick<SignIn, 'pending' | 'factors'>): SignInAnswer {
  return { state: pending ? 'second-factor' : 'signed-in', factors: [...factors] };
}
