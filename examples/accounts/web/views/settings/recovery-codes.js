import { h } from '../../lib/dom.js';
import { actionButton } from '../../lib/form.js';
import { icon } from '../../lib/icons.js';
import { notice } from '../../lib/notice.js';
import { session } from '../../lib/session.js';

/** Recovery codes to be kept: copied, in a file, or on paper. */
export function recoveryCodes(codes, close) {
  const kept = h('input', { type: 'checkbox', id: 'codes-kept' });
  const done = h(
    'button',
    { type: 'button', class: 'button button-primary', 'aria-disabled': 'true', onclick: () => kept.checked && close(true) },
    'Done',
  );
  kept.addEventListener('change', () => done.setAttribute('aria-disabled', String(!kept.checked)));
  return h(
    'div',
    { class: 'stack' },
    h('p', { class: 'print-only' }, `Recovery codes of ${session.user.email} for Folio`),
    h(
      'ol',
      { class: 'codes' },
      codes.map((code) => h('li', {}, h('code', {}, code))),
    ),
    h(
      'div',
      { class: 'button-row' },
      actionButton({
        label: [icon('copy'), 'Copy'],
        autofocus: true,
        run: async () => {
          await navigator.clipboard.writeText(codes.join('\n'));
          notice('The codes are copied.');
        },
      }),
      actionButton({ label: [icon('download'), 'Download'], run: async () => download(codes) }),
      actionButton({ label: [icon('print'), 'Print'], run: async () => window.print() }),
    ),
    h('div', { class: 'check' }, kept, h('label', { for: 'codes-kept' }, 'I have put them in a safe place')),
    h('div', { class: 'dialog-actions' }, done),
  );
}

function download(codes) {
  const text = `Folio: recovery codes of ${session.user.email}\nEach works once.\n\n${codes.join('\n')}\n`;
  const url = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  h('a', { href: url, download: 'folio-recovery-codes.txt' }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1_000);
}
