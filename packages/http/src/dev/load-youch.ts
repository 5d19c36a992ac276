/** The part of youch that draws an error as a page. */
export interface PageRenderer {
  render(error: unknown, options: PageOptions): Promise<string>;
}

/** What stands on the page beside the error. */
export interface PageOptions {
  readonly title: string;
  readonly nonce: string;
  readonly request: { readonly url: string; readonly method: string; readonly headers: Readonly<Record<string, string>> };
  /** Sections of named values. */
  readonly facts: Readonly<Record<string, readonly { readonly key: string; readonly value: unknown }[]>>;
}

/** youch, where it is installed. It is loaded with the first error, never at boot. */
export async function loadYouch(): Promise<PageRenderer | undefined> {
  let Youch;
  try {
    ({ Youch } = await import('youch'));
  } catch {
    return undefined;
  }
  return {
    render(error, { title, nonce, request, facts }) {
      const youch = new Youch();
      youch.metadata.group('Plinth', Object.fromEntries(Object.entries(facts).map(([name, rows]) => [name, [...rows]])));
      return youch.toHTML(error, { title, cspNonce: nonce, request });
    },
  };
}
