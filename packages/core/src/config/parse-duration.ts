const units: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/**
 * A duration such as `500ms`, `10s`, `1.5h` or `1h30m` in milliseconds; a bare number is milliseconds.
 * Units: ms, s, m (or min), h, d, w. Undefined when the text is none.
 */
export function parseDuration(text: string): number | undefined {
  const compact = text.trim().toLowerCase();
  if (/^\d+(?:\.\d+)?$/.test(compact)) return finite(Number(compact));
  if (!/^(?:\d+(?:\.\d+)?\s*(?:ms|min|s|m|h|d|w)\s*)+$/.test(compact)) return undefined;
  let total = 0;
  for (const [, amount, unit] of compact.matchAll(/(\d+(?:\.\d+)?)\s*(ms|min|s|m|h|d|w)/g)) {
    total += Number(amount) * units[unit!]!;
  }
  return finite(total);
}

function finite(ms: number): number | undefined {
  return Number.isFinite(ms) ? ms : undefined;
}
