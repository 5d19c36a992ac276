import { onSessionRefused } from './lib/api.js';
import { fill, h } from './lib/dom.js';
import { box } from './lib/notice.js';
import { go, render, startRouter, view } from './lib/router.js';
import { isAdmin, load, onChange, session, setPending, setUser } from './lib/session.js';
import { startStepUp } from './lib/step-up.js';
import { showAdmin } from './views/admin.js';
import { showConfirm } from './views/confirm.js';
import { showConfirmEmail } from './views/confirm-email.js';
import { showForgot } from './views/forgot.js';
import { drawHeader } from './views/header.js';
import { showNotes } from './views/notes.js';
import { showRegister } from './views/register.js';
import { showReset } from './views/reset.js';
import { showSecondFactor } from './views/second-factor.js';
import { showActivity } from './views/settings/activity.js';
import { showDevices } from './views/settings/devices.js';
import { showProfile } from './views/settings/profile.js';
import { showSecurity } from './views/settings/security.js';
import { showSignIn } from './views/sign-in.js';
import { showWelcome } from './views/welcome.js';

/** Views for users; whoever is not signed in goes to the sign-in first, and then on. */
const users = (path) => {
  if (session.user) return undefined;
  return session.pending ? '/sign-in/second-factor' : `/sign-in?to=${encodeURIComponent(path)}`;
};
/** Views for whoever is not signed in yet. */
const visitors = () => (session.user ? '/notes' : undefined);

view('/', 'Welcome', showWelcome, visitors);
view('/sign-in', 'Sign in', showSignIn, visitors);
view('/sign-in/second-factor', 'Second step', showSecondFactor, () => (session.pending ? undefined : (visitors() ?? '/sign-in')));
view('/register', 'Create an account', showRegister, visitors);
view('/confirm', 'Confirm your address', showConfirm);
view('/forgot', 'Forgotten password', showForgot);
view('/reset', 'New password', showReset);
view('/email', 'Confirm your new address', showConfirmEmail);
view('/notes', 'Notes', showNotes, users);
view('/notes/:id', 'Note', showNotes, users);
view('/settings', 'Profile', showProfile, users);
view('/settings/security', 'Sign-in and security', showSecurity, users);
view('/settings/devices', 'Devices', showDevices, users);
view('/settings/activity', 'Activity', showActivity, users);
view('/admin', 'Accounts', showAdmin, (path) => users(path) ?? (isAdmin() ? undefined : '/notes'));
view('/.*', 'Not found', () =>
  h(
    'section',
    { class: 'narrow' },
    h('h1', {}, 'There is nothing here'),
    h('p', { class: 'lead' }, 'The page has moved, or never was.'),
    h('p', {}, h('a', { href: '/' }, 'Go to the start')),
  ),
);

onChange(drawHeader);
startStepUp();
onSessionRefused((error) => {
  if (error.code === 'AUTH_SECOND_FACTOR_NEEDED') setPending(session.factors);
  else if (session.user || session.pending) setUser(null);
  else return;
  void go(session.pending ? '/sign-in/second-factor' : '/sign-in?ended');
});
// A page that the browser has kept may show what is no longer true: after a sign-out, or of another user.
window.addEventListener('pageshow', (event) => {
  if (event.persisted) void load().then(() => render());
});

const main = document.querySelector('#main');
try {
  await load();
  await startRouter(main);
} catch (error) {
  fill(main, h('div', { class: 'narrow' }, box('error', error.message)));
}
document.documentElement.dataset.ready = 'true';
