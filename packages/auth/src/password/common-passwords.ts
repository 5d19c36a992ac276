import { fileURLToPath } from 'node:url';
import { filterHash, loadPasswordFilter } from './password-filter.js';
import { repeatedPiece, withoutRuns } from './runs.js';

/** A rest of so few characters adds nothing that has to be guessed. */
const NEXT_TO_NOTHING = 4;

let list: Promise<(hash: Uint8Array) => boolean> | undefined;

/**
 * Is this one of the 49,233 most common passwords, or made of one of them by repeating it or by putting runs such as `12345` or
 * `!!!!` around it (ASVS 5.0, 6.2.4)? Letter case is left aside. Of other passwords about one in 200,000 is taken for a common one.
 * Throws `AUTH_PASSWORD_FILTER` when the list is missing from the installed package.
 */
export async function isCommonPassword(plain: string): Promise<boolean> {
  const listed = await (list ??= load());
  return shapesOf(fold(plain)).some((shape) => [...shape].length <= NEXT_TO_NOTHING || listed(filterHash(shape)));
}

/** Text as it is compared: without letter case and without the difference between `ａ` and `a`. */
export function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}

function shapesOf(folded: string): readonly string[] {
  const piece = repeatedPiece(folded);
  const inner = withoutRuns(piece);
  // Where nothing but signs is left they are the password, and not its decoration.
  const core = inner.replaceAll(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '') || inner;
  return [folded, piece, core, repeatedPiece(core)];
}

// In the sources the file lies beside this one, in the package beside the bundle. A failed reading is tried again.
function load(): Promise<(hash: Uint8Array) => boolean> {
  return loadPasswordFilter(fileURLToPath(new URL('./assets/common-passwords.bin', import.meta.url))).catch((error: unknown) => {
    list = undefined;
    throw error;
  });
}
