const day = new Intl.DateTimeFormat('en', { dateStyle: 'medium' });
const moment = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

const units = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

/** `3 Nov 2026` */
export function toDay(time) {
  return day.format(new Date(time));
}

/** `3 Nov 2026, 14:05` */
export function toMoment(time) {
  return moment.format(new Date(time));
}

/** `2 hours ago` */
export function ago(time) {
  const seconds = Math.round((Date.now() - new Date(time).getTime()) / 1_000);
  const [unit, size] = units.find(([, length]) => seconds >= length) ?? [];
  return unit === undefined ? 'just now' : relative.format(-Math.floor(seconds / size), unit);
}

/** The first letters of a name or address, for the round picture. */
export function initials({ name, email }) {
  const words = (name ?? '').trim().split(/\s+/).filter(Boolean);
  const letters = words.length > 1 ? [words[0], words.at(-1)] : [words[0] ?? email];
  return letters.map((word) => [...word][0].toUpperCase()).join('');
}
