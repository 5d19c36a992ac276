import { account } from '../../lib/api.js';
import { h } from '../../lib/dom.js';
import { field, form, passwordField } from '../../lib/form.js';
import { box, notice } from '../../lib/notice.js';
import { session, setUser } from '../../lib/session.js';
import { panel, settings } from '../layout.js';
import { providerError } from '../providers.js';
import { identitiesPanel } from './identities.js';
import { passkeysPanel } from './passkeys.js';
import { secondFactorPanel } from './second-factor.js';

/** All ways to sign in. */
export async function showSecurity() {
  const [status, passkeys, identities] = await Promise.all([
    account('GET', '/second-factor'),
    account('GET', '/passkeys'),
    account('GET', '/identities'),
  ]);
  const error = providerError();
  return settings(
    'Sign-in & security',
    'How you prove that it’s you.',
    error !== undefined && box('error', error),
    passkeysPanel(passkeys),
    secondFactorPanel(status),
    passwordPanel(),
    identitiesPanel(identities),
  );
}

function passwordPanel() {
  const { hasPassword } = session.user;
  return panel(
    {
      id: 'password',
      title: 'Password',
      text: hasPassword ? 'Other devices are signed out when it changes.' : 'Your account has none yet.',
    },
    hasPassword ? changeForm() : setForm(),
  );
}

const newPassword = () =>
  field({
    name: 'password',
    label: 'New password',
    type: 'password',
    autocomplete: 'new-password',
    required: true,
    hint: 'At least 15 characters.',
  });

function changeForm() {
  const element = form({
    kind: 'secondary',
    children: [
      field({ name: 'current', label: 'Current password', type: 'password', autocomplete: 'current-password', required: true }),
      newPassword(),
    ],
    submit: 'Change password',
    errorField: (error) => passwordField(error) ?? (error.code === 'AUTH_ACCOUNT_PASSWORD_WRONG' ? 'current' : undefined),
    send: async ({ current, password }) => {
      await account('POST', '/password', { current, password });
      element.reset();
      notice('Your password has changed. Other devices are signed out.');
    },
  });
  return element;
}

function setForm() {
  return form({
    kind: 'secondary',
    children: [newPassword()],
    submit: 'Set a password',
    errorField: passwordField,
    send: async ({ password }) => {
      await account('POST', '/password/set', { password });
      setUser({ ...session.user, hasPassword: true });
      notice('Your password is set.');
      document.querySelector('#password').closest('.panel').replaceWith(passwordPanel());
    },
  });
}
