import type { AuthUser } from '@plinth/auth';
import { AUTH_ERRORS } from '@plinth/auth';
import { scoped, type ScopedRepository } from '@plinth/auth/data';
import { Injectable } from '@plinth/core';
import { DATA_ERRORS, DATABASE, type Database } from '@plinth/data';
import { Controller, created, type Reply } from '@plinth/http';
import type { Infer } from '@plinth/validation';
import { editors, readers, removers, signedIn } from './note-guards.js';
import { notePolicy } from './note-policy.js';
import { NewNote, NoteChange, NoteReply, NotesQuery, NotesReply } from './notes.schemas.js';
import type { Note, notes } from './notes.table.js';

const unknown = [DATA_ERRORS.NOT_FOUND];

/** The notes of whoever asks. A note of somebody else is answered like one that never was: 404. */
@Controller('/api/notes', { tags: ['Notes'] })
@Injectable({ deps: [DATABASE] })
export class NotesController {
  constructor(private readonly database: Database) {}

  @signedIn.Get('/', { summary: 'Your notes, those changed last first', query: NotesQuery, returns: NotesReply })
  async list({ user, query }: { user: AuthUser; query: Infer<typeof NotesQuery> }): Promise<Infer<typeof NotesReply>> {
    const page = await this.#notesOf(user).page({ orderBy: { updatedAt: 'desc' }, limit: 100, after: query.after });
    return { items: page.rows.map(toReply), next: page.after ?? null };
  }

  @signedIn.Post('/', { summary: 'Write a note', body: NewNote, returns: { 201: NoteReply }, errors: [AUTH_ERRORS.POLICY_DENIED] })
  async add({ user, body }: { user: AuthUser; body: Infer<typeof NewNote> }): Promise<Reply<201, Infer<typeof NoteReply>>> {
    return created(toReply(await this.#notesOf(user).insert({ ...body, ownerId: user.id })));
  }

  @readers.Get('/:id', { summary: 'Read a note', returns: NoteReply, errors: unknown })
  show({ note }: { note: Note }): Infer<typeof NoteReply> {
    return toReply(note);
  }

  @editors.Patch('/:id', { summary: 'Change a note', body: NoteChange, returns: NoteReply, errors: unknown })
  async change(context: { user: AuthUser; note: Note; body: Infer<typeof NoteChange> }): Promise<Infer<typeof NoteReply>> {
    const changed = await this.#notesOf(context.user).update(context.note.id, context.body);
    // Somebody has deleted it since it was looked up.
    if (!changed) throw DATA_ERRORS.NOT_FOUND({ table: 'note' });
    return toReply(changed);
  }

  @removers.Delete('/:id', { summary: 'Delete a note', returns: { 204: null }, errors: unknown })
  async remove({ user, note }: { user: AuthUser; note: Note }): Promise<void> {
    await this.#notesOf(user).delete(note.id);
  }

  // The guards have judged the note already; the repository judges what is written, in the same transaction.
  #notesOf(user: AuthUser): ScopedRepository<typeof notes> {
    return scoped(this.database, notePolicy, user);
  }
}

function toReply({ id, title, text, createdAt, updatedAt }: Note): Infer<typeof NoteReply> {
  return { id, title, text, createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
}
