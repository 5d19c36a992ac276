// IEC 80000-13: kB is 1,000 bytes, KiB is 1,024.
const units: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

/** A size such as `512`, `64KiB` or `1.5 MB` in whole bytes (kB = 1,000, KiB = 1,024). Undefined when the text is none. */
export function parseBytes(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([kmgt]?i?b|)$/i.exec(text.trim());
  const unit = match && units[match[2]!.toLowerCase()];
  if (!unit) return undefined;
  const bytes = Number(match[1]) * unit;
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}
