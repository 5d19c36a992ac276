import { AUTH_ERRORS, sessionOf, stepUp, Totp } from '@plinth/auth';
import { AccountUsers } from '@plinth/auth/accounts';
import { guarded } from '@plinth/http';
import { renderSVG } from 'uqr';
import { ACCOUNT_PATH } from './accounts.config.js';

const text = { type: 'string' } as const;
const Enrolment = {
  $id: 'TotpEnrolment',
  type: 'object',
  required: ['secret', 'uri', 'qr'],
  properties: { secret: text, uri: text, qr: { ...text, description: 'The URI as a QR code: an SVG document.' } },
} as const;

/**
 * In the place of `enrolTotp` of `secondFactorRoutes`: the same, with the QR code drawn here, so that the page needs no library for it and
 * the secret goes to nobody else.
 */
export const enrolTotp = guarded(sessionOf({ users: AccountUsers }), stepUp()).post(
  `${ACCOUNT_PATH}/second-factor/totp`,
  {
    summary: 'Begin to set up an authenticator app',
    tags: ['Second factors'],
    returns: Enrolment,
    rateLimit: { name: 'totp-enrolment', limit: 20, per: '1m', whenDown: 'closed' },
    errors: [AUTH_ERRORS.STEP_UP_NEEDED],
  },
  async ({ user }, totp) => {
    const { secret, uri } = await totp.enrol(user.id, user.email);
    return { secret, uri, qr: renderSVG(uri, { border: 0 }) };
  },
  { deps: [Totp] },
);
