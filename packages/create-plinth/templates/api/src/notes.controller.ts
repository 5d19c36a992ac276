import { Injectable } from '@plinth/core';
import { Controller, Get, Post } from '@plinth/http';
import { NOTE_ERRORS } from './notes.errors.ts';
import { Notes } from './notes.ts';

const NewNote = {
  type: 'object',
  required: ['title'],
  properties: { title: { type: 'string', minLength: 1, maxLength: 80 } },
} as const;

const Note = {
  type: 'object',
  required: ['id', 'title'],
  properties: { id: { type: 'integer' }, title: { type: 'string' } },
} as const;

const ById = { type: 'object', required: ['id'], properties: { id: { type: 'integer', minimum: 1 } } } as const;

// `open` says that anybody may call these routes: replace it with guards when there are users.
@Controller('/notes', { open: true })
@Injectable({ deps: [Notes] })
export class NotesController {
  constructor(private readonly notes: Notes) {}

  @Get('/', { returns: { type: 'array', items: Note } })
  list() {
    return this.notes.list();
  }

  @Get('/:id', { params: ById, returns: Note, errors: [NOTE_ERRORS.NOT_FOUND] })
  show({ params }: { params: { id: number } }) {
    const note = this.notes.find(params.id);
    if (note === undefined) throw NOTE_ERRORS.NOT_FOUND({ id: params.id });
    return note;
  }

  @Post('/', { body: NewNote, returns: { 201: Note } })
  add({ body }: { body: { title: string } }) {
    return this.notes.add(body.title);
  }
}
