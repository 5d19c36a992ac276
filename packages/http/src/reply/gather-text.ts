/** Characters from which on what was gathered goes out, however much more is ready. */
const ENOUGH = 16 * 1024;

type Step = IteratorResult<unknown>;

/**
 * The pieces of a source, those texts joined that are ready in one turn: a piece that nothing follows goes on at once, thousands that are
 * there already are not written, or compressed and flushed, one by one. Bytes pass as they are. What the source throws comes after what
 * it gave before.
 */
export function gatherText(source: AsyncIterator<unknown>): AsyncIterableIterator<unknown> {
  return new GatheredText(source);
}

class GatheredText implements AsyncIterableIterator<unknown> {
  /** The next piece, asked for but not yet passed on. */
  #coming: Promise<Step> | undefined;

  constructor(private readonly source: AsyncIterator<unknown>) {}

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<Step> {
    const first = await this.#take();
    if (first.done === true || typeof first.value !== 'string') return first;
    let text = first.value;
    const pause = turnsEnd();
    while (text.length < ENOUGH) {
      const coming = (this.#coming ??= this.#ask());
      const step = await Promise.race([coming, pause]).catch(ignore);
      if (step === undefined || step.done === true || typeof step.value !== 'string') break;
      this.#coming = undefined;
      text += step.value;
    }
    return { done: false, value: text };
  }

  async return(): Promise<Step> {
    await this.source.return?.();
    return { done: true, value: undefined };
  }

  #take(): Promise<Step> {
    const coming = this.#coming ?? this.source.next();
    this.#coming = undefined;
    return coming;
  }

  // What fails stays here until it is taken: the pieces before it go first. A source that was left has nobody to tell it to.
  #ask(): Promise<Step> {
    const coming = Promise.resolve(this.source.next());
    coming.catch(ignore);
    return coming;
  }
}

// Ticks run when no microtask is left: whatever the source had ready has come by then.
function turnsEnd(): Promise<undefined> {
  return new Promise((resolve) => process.nextTick(resolve, undefined));
}

function ignore(): undefined {
  return undefined;
}
