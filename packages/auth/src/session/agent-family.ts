// The first that fits counts: most browsers name those that they descend from as well.
const programs: readonly (readonly [name: string, mark: RegExp])[] = [
  ['Edge', /\bEdg(?:e|A|iOS)?\//],
  ['Opera', /\bOPR\/|\bOpera\b|\bOPX\//],
  ['Samsung Internet', /\bSamsungBrowser\//],
  ['Vivaldi', /\bVivaldi\//],
  ['Firefox', /\b(?:Firefox|FxiOS)\//],
  ['Chrome', /\b(?:Chrome|CriOS|Chromium|HeadlessChrome)\//],
  ['Safari', /\bVersion\/[\d.]+.*\bSafari\//],
  ['curl', /^curl\//],
  ['Postman', /^PostmanRuntime\//],
  ['okhttp', /^okhttp\//],
  ['Python', /^python-|^Python\/|\baiohttp\//],
  ['Go', /^Go-http-client\//],
  ['Java', /^Java\/|^Apache-HttpClient\//],
  ['Node.js', /^node(?:-fetch)?$|^node\b|^undici$|^axios\//],
];

const systems: readonly (readonly [name: string, mark: RegExp])[] = [
  ['iOS', /\biPhone\b|\biPad\b|\biPod\b/],
  ['Android', /\bAndroid\b/],
  ['ChromeOS', /\bCrOS\b/],
  ['Windows', /\bWindows\b/],
  ['macOS', /\bMacintosh\b|\bMac OS X\b/],
  ['Linux', /\bLinux\b|\bX11\b/],
];

/** More of the header is not looked at. */
const LOOKED_AT = 512;

/**
 * What a User-Agent header says in words for people: `Firefox on Windows`, `curl`, `unknown`. Without versions, so that an update is no
 * other device. Whoever sends it may claim what they like: for lists, not for decisions.
 */
export function agentFamily(userAgent: string | undefined): string {
  const text = (userAgent ?? '').slice(0, LOOKED_AT);
  const program = nameIn(programs, text);
  const system = nameIn(systems, text);
  if (program === undefined) return system === undefined ? 'unknown' : `unknown on ${system}`;
  return system === undefined ? program : `${program} on ${system}`;
}

function nameIn(table: readonly (readonly [name: string, mark: RegExp])[], text: string): string | undefined {
  return table.find(([, mark]) => mark.test(text))?.[0];
}
