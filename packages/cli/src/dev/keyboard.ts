/** What the keys of `plinth dev` do. */
export interface Keys {
  readonly restart: () => void;
  readonly clear: () => void;
  readonly quit: () => void;
}

/** Listens to the keyboard, where there is one: r restarts, c clears, q and Ctrl-C quit. Gives what ends it. */
export function listenToKeys({ restart, clear, quit }: Keys): () => void {
  const { stdin } = process;
  if (stdin.isTTY !== true) return () => undefined;
  const onData = (text: string): void => {
    for (const key of text) {
      if (key === 'r' || key === 'R') restart();
      else if (key === 'c' || key === 'C') clear();
      // Ctrl-C and Ctrl-D come as characters, since the terminal leaves them to us.
      else if (key === 'q' || key === 'Q' || key === '\u0003' || key === '\u0004') quit();
    }
  };
  stdin.setRawMode(true);
  stdin.setEncoding('utf8').on('data', onData);
  stdin.resume();
  return () => {
    stdin.off('data', onData);
    stdin.setRawMode(false);
    stdin.pause();
  };
}
