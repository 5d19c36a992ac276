import { request } from '../../lib/api.js';
import { h } from '../../lib/dom.js';
import { ago, toMoment } from '../../lib/format.js';
import { badge, item, panel, settings } from '../layout.js';

/** What has happened to the account, from the security log of the server. */
export async function showActivity() {
  const events = (await request('GET', '/api/activity')).filter(({ type }) => type in sentences);
  return settings(
    'Activity',
    'The last that has happened to your account. Was something not you? Change your password, and sign out everywhere else.',
    panel({ id: 'activity', title: events.length === 0 ? 'Nothing yet' : 'Latest first' }, h('ul', { class: 'items' }, events.map(toItem))),
  );
}

/** What each event says, and its icon; with a second sentence for those that can fail. Others are of no use to a user. */
const sentences = {
  'account.created': ['user', 'The account was made'],
  'account.registered': ['user', 'The account was made'],
  'account.disabled': ['lock', 'The account was disabled'],
  'account.enabled': ['lock', 'The account was enabled'],
  'account.roles-changed': ['users', 'The roles have changed'],
  'email.change-asked': ['mail', 'A new address was given'],
  'email.changed': ['mail', 'The address has changed'],
  'oidc.linked': ['link', 'An account elsewhere was linked'],
  'oidc.unlinked': ['link', 'An account elsewhere was unlinked'],
  'passkey.added': ['passkey', 'A passkey was added', 'A passkey was not accepted'],
  'passkey.removed': ['passkey', 'A passkey was removed'],
  'password.changed': ['lock', 'The password has changed'],
  'password.forgotten': ['mail', 'A link for a new password was asked for'],
  'password.reset': ['lock', 'The password was set by mail'],
  'recovery-code.used': ['key', 'A recovery code was used', 'A wrong recovery code'],
  'recovery-codes.generated': ['key', 'Recovery codes were made'],
  'session.revoked': ['device', 'Signed out'],
  'session.reuse': ['alert', 'An old cookie was used: that device was signed out'],
  'sign-in.completed': ['device', 'Signed in'],
  'sign-in.password': ['lock', undefined, 'A wrong password'],
  'totp.confirmed': ['phone', 'The second step was turned on'],
  'totp.disabled': ['phone', 'The second step was turned off'],
  'totp.used': ['phone', undefined, 'A wrong code'],
};

function toItem({ type, outcome, at }) {
  const [symbol, done, failed] = sentences[type];
  const title = outcome === 'success' ? done : (failed ?? done);
  if (title === undefined) return undefined;
  return item({ symbol, title, badges: outcome !== 'success' && badge('warning', 'Refused'), facts: `${toMoment(at)}, ${ago(at)}` });
}
