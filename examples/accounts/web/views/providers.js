import { account } from '../lib/api.js';
import { h } from '../lib/dom.js';
import { actionButton } from '../lib/form.js';
import { icon } from '../lib/icons.js';
import { session } from '../lib/session.js';

/** The buttons of social sign-in; nothing where there is no provider. */
export function providerButtons(returnTo) {
  return session.providers.map(({ id, name }) =>
    actionButton({
      label: [icon('link'), `Continue with ${name}`],
      class: 'button button-secondary button-wide',
      run: async () => {
        const { url } = await account('POST', `/sign-in/with/${id}`, { returnTo });
        location.assign(url);
      },
    }),
  );
}

export function divider(text) {
  return h('div', { class: 'divider', role: 'separator' }, text);
}

const sentences = {
  AUTH_OIDC_DENIED: 'The sign-in was cancelled there. You can try again, or use another way.',
  AUTH_OIDC_EMAIL_UNVERIFIED:
    'The provider has not verified your address. Verify it there, or create an account here and link it afterwards.',
  AUTH_OIDC_LINK_FIRST: 'There is an account with this address already. Sign in to it, then link the provider in your settings.',
  AUTH_OIDC_LINKED_ELSEWHERE: 'That account is linked to another account here.',
  AUTH_OIDC_STATE: 'That took too long, or was begun in another browser. Please try again.',
};

/** What the provider's answer in the address (`?error=…`) means; undefined without one. */
export function providerError() {
  const code = new URLSearchParams(location.search).get('error');
  if (code === null) return undefined;
  return sentences[code] ?? 'The provider did not sign you in. You can try again, or use another way.';
}
