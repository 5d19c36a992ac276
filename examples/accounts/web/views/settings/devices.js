import { account } from '../../lib/api.js';
import { confirmDialog } from '../../lib/dialog.js';
import { h } from '../../lib/dom.js';
import { actionButton } from '../../lib/form.js';
import { ago, toMoment } from '../../lib/format.js';
import { notice } from '../../lib/notice.js';
import { badge, item, panel, settings } from '../layout.js';

/** Where the user is signed in. */
export async function showDevices() {
  return settings(
    'Devices',
    'Where you are signed in. Sign out whatever you do not know.',
    devicesPanel(await account('GET', '/sessions')),
  );
}

const ways = {
  pwd: 'password',
  otp: 'code',
  hwk: 'passkey',
  swk: 'passkey',
  user: undefined,
  pop: 'passkey',
  fed: 'linked account',
  kba: 'recovery code',
};

function devicesPanel(sessions) {
  const sorted = [...sessions].sort((a, b) => Number(b.current) - Number(a.current) || b.seenAt.localeCompare(a.seenAt));
  const others = sessions.length - 1;
  const element = panel(
    {
      id: 'devices',
      title: sessions.length === 1 ? 'One device' : `${sessions.length} devices`,
      text: others === 0 ? 'You are signed in here and nowhere else.' : undefined,
      actions: others > 0 ? actionButton({ label: 'Sign out everywhere else', run: endOthers }) : undefined,
    },
    h('ul', { class: 'items' }, sorted.map(toItem)),
  );
  return element;

  async function refresh() {
    element.replaceWith(devicesPanel(await account('GET', '/sessions')));
  }

  function toItem({ id, current, device, createdAt, seenAt, methods }) {
    const by = [...new Set(methods.map((method) => (method in ways ? ways[method] : method)).filter(Boolean))].join(' and ');
    const agent = device?.agent && device.agent !== 'unknown' ? device.agent : 'Unknown device';
    return item({
      symbol: /iOS|Android/.test(agent) ? 'phone' : 'device',
      title: agent,
      badges: current && badge('good', 'This device'),
      facts: [
        `${device?.network ?? 'Unknown network'} · signed in ${toMoment(createdAt)}${by ? ` by ${by}` : ''}`,
        current ? '' : ` · seen ${ago(seenAt)}`,
      ],
      actions: !current && actionButton({ label: 'Sign out', kind: 'quiet', 'aria-label': `Sign out ${agent}`, run: () => end(id) }),
    });
  }

  async function end(id) {
    await account('DELETE', `/sessions/${encodeURIComponent(id)}`);
    notice('That device is signed out.');
    await refresh();
  }

  async function endOthers() {
    const sure = await confirmDialog({
      title: 'Sign out everywhere else?',
      text: `${others === 1 ? 'One other device' : `${others} other devices`} will have to sign in again.`,
      yes: 'Sign out',
    });
    if (!sure) return;
    const { ended } = await account('DELETE', '/sessions');
    notice(`${ended === 1 ? 'One device is' : `${ended} devices are`} signed out.`);
    await refresh();
  }
}
