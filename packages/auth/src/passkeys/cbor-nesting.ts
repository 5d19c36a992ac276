/** How deep the data of authenticators may be nested; theirs is at most four deep. */
const DEEPEST = 8;

/** Bytes that a CBOR head takes beside its first, by the low five bits of that; others are of no definite length. */
const WIDTHS: ReadonlyMap<number, number> = new Map([
  [24, 1],
  [25, 2],
  [26, 4],
  [27, 8],
]);

/**
 * Where the first CBOR item from `start` ends (RFC 8949, section 3); undefined for one that is nested too deep, cut off, or of no definite
 * length. The library reads CBOR by recursion: three kilobytes of nested lists would fill its stack, which some versions of Node.js do
 * not survive while `async_hooks` are in use.
 */
export function endOfCbor(bytes: Uint8Array, start = 0): number | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // How many items are still to come, of each list that is open.
  const open = [1];
  let at = start;
  while (open.length > 0) {
    const first = bytes[at];
    if (first === undefined) return undefined;
    const argument = readArgument(view, at, first & 31);
    if (argument === undefined) return undefined;
    at = argument.end;
    open[open.length - 1]! -= 1;
    const inside = itemsInside(first >> 5, argument.value);
    if (first >> 5 === 2 || first >> 5 === 3) at += argument.value;
    if (at > bytes.length) return undefined;
    if (inside > 0) open.push(inside);
    if (open.length > DEEPEST) return undefined;
    while (open.at(-1) === 0) open.pop();
  }
  return at;
}

/** Whether authenticator data (WebAuthn, 6.1) holds nothing that is nested too deep: the public key and the extensions in it are CBOR. */
export function isShallow(authenticatorData: Uint8Array): boolean {
  const flags = authenticatorData[32] ?? 0;
  let at: number | undefined = 37;
  if ((flags & 0x40) !== 0) {
    if (authenticatorData.length < 55) return false;
    at = endOfCbor(authenticatorData, 55 + authenticatorData[53]! * 256 + authenticatorData[54]!);
  }
  if ((flags & 0x80) !== 0 && at !== undefined) at = endOfCbor(authenticatorData, at);
  return at !== undefined;
}

function readArgument(view: DataView, at: number, low: number): { readonly value: number; readonly end: number } | undefined {
  if (low < 24) return { value: low, end: at + 1 };
  const width = WIDTHS.get(low);
  if (width === undefined || at + 1 + width > view.byteLength) return undefined;
  const value =
    width === 1
      ? view.getUint8(at + 1)
      : width === 2
        ? view.getUint16(at + 1)
        : width === 4
          ? view.getUint32(at + 1)
          : Number(view.getBigUint64(at + 1));
  return { value, end: at + 1 + width };
}

// Lists have as many items as they say, maps two for each entry, tags one.
function itemsInside(type: number, argument: number): number {
  if (type === 4) return argument;
  if (type === 5) return argument * 2;
  return type === 6 ? 1 : 0;
}
