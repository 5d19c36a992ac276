const SVG = 'http://www.w3.org/2000/svg';

/** The lines of each icon, on a field of 24 by 24. */
const paths = {
  alert: ['M12 8v5', 'M12 16.5v.01', 'M12 3.5 2.8 19.5h18.4z'],
  check: ['m5 12.5 4.5 4.5L19 7.5'],
  copy: ['M9 9h10.5v10.5H9z', 'M5.5 15H4.5V4.5H15v1'],
  device: ['M3.5 5h17v11h-17z', 'M9 20h6', 'M12 16v4'],
  download: ['M12 4v11', 'm7 10.5 5 5 5-5', 'M4.5 20h15'],
  key: ['M15 9a4 4 0 1 1-3.9 5H8.5v2.5H6V14H3.5v-2.5l7.6-.4A4 4 0 0 1 15 9z', 'M16 12.5v.01'],
  link: ['M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.3l-1 1', 'M14 10a4 4 0 0 0-5.7 0l-3 3A4 4 0 0 0 11 18.7l1-1'],
  lock: ['M5.5 10.5h13v9.5h-13z', 'M8.5 10.5V7.5a3.5 3.5 0 0 1 7 0v3'],
  mail: ['M3.5 5.5h17v13h-17z', 'm4 6.5 8 6.5 8-6.5'],
  note: ['M6 3.5h8.5L19 8v12.5H6z', 'M14 3.5V8.5h5', 'M9.5 13h6', 'M9.5 16.5h4'],
  passkey: [
    'M9.5 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7z',
    'M3 20c0-4 2.7-6.5 6.5-6.5 1.2 0 2.2.2 3.1.7',
    'M17.5 10a3 3 0 0 1 1 5.8V18l-1 1 1 1-1.5 1.5-1-1v-4.7a3 3 0 0 1 1.5-5.8z',
  ],
  phone: ['M7 3h10v18H7z', 'M11 18h2'],
  plus: ['M12 5v14', 'M5 12h14'],
  print: ['M7 9V4h10v5', 'M7 17H4.5V9h15v8H17', 'M7 14h10v6.5H7z'],
  shield: ['M12 3.5 4.5 6v5.5c0 4.5 3.2 7.7 7.5 9 4.3-1.3 7.5-4.5 7.5-9V6z', 'm8.5 12 2.5 2.5 4.5-5'],
  trash: ['M4.5 6.5h15', 'M9 6.5V4h6v2.5', 'm6.5 6.5.8 13.5h9.4l.8-13.5'],
  user: ['M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8z', 'M4.5 20.5c0-4 3.2-6.5 7.5-6.5s7.5 2.5 7.5 6.5'],
  users: [
    'M9 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7z',
    'M2.5 19.5c0-3.5 2.7-5.5 6.5-5.5s6.5 2 6.5 5.5',
    'M15.5 5a3.3 3.3 0 0 1 0 6.3',
    'M18 14.4c2.2.7 3.5 2.5 3.5 5.1',
  ],
  close: ['m6 6 12 12', 'M18 6 6 18'],
};

/** An icon of lines in the color of the text; it says nothing to a screen reader. */
export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  for (const [attribute, value] of Object.entries({ viewBox: '0 0 24 24', class: 'icon', 'aria-hidden': 'true', focusable: 'false' }))
    svg.setAttribute(attribute, value);
  for (const d of paths[name]) {
    const path = document.createElementNS(SVG, 'path');
    path.setAttribute('d', d);
    svg.append(path);
  }
  return svg;
}

/** The mark of the product. */
export function mark() {
  const image = document.createElement('img');
  image.src = '/favicon.svg';
  image.alt = '';
  image.className = 'mark';
  return image;
}
