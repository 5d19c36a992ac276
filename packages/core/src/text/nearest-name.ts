const longest = 100;

/**
 * The candidate that a misspelt name most likely meant. Case and punctuation do not count; of names with four characters or more one
 * typing mistake is allowed, from eight on two. Shorter ones are too much alike.
 */
export function nearestName(name: string, candidates: Iterable<string>): string | undefined {
  const wanted = normalize(name);
  if (wanted === '' || name.length > longest) return undefined;
  const most = wanted.length < 4 ? 0 : wanted.length < 8 ? 1 : 2;
  let best: string | undefined;
  let bestDistance = most + 1;
  for (const candidate of candidates) {
    if (candidate === name || candidate.length > longest) continue;
    const found = normalize(candidate);
    if (Math.abs(found.length - wanted.length) > most) continue;
    const distance = editDistance(wanted, found);
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

function normalize(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}

// Damerau-Levenshtein (optimal string alignment): a swap of neighbours is one mistake.
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let cost = Math.min(above[column]! + 1, current[column - 1]! + 1, above[column - 1]! + (same ? 0 : 1));
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (swapped) cost = Math.min(cost, before[column - 2]! + 1);
      current.push(cost);
    }
    [before, above] = [above, current];
  }
  return above[b.length]!;
}
