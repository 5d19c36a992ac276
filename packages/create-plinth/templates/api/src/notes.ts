export interface Note {
  readonly id: number;
  readonly title: string;
}

/** Keeps notes in memory. Knows nothing of HTTP. */
export class Notes {
  readonly #notes: Note[] = [];

  list(): readonly Note[] {
    return this.#notes;
  }

  find(id: number): Note | undefined {
    return this.#notes.find((note) => note.id === id);
  }

  add(title: string): Note {
    const note = { id: this.#notes.length + 1, title };
    this.#notes.push(note);
    return note;
  }
}
