import { Injectable } from '@plinth/core';
import { Controller, Get, guarded } from '@plinth/http';
import { key } from './key-guard.js';
import { Notes } from './notes.js';

const Id = { type: 'object', required: ['id'], properties: { id: { type: 'integer', minimum: 1 } } } as const;
const NewNote = { type: 'object', required: ['title'], properties: { title: { type: 'string', minLength: 1, maxLength: 80 } } } as const;
const Note = { type: 'object', required: ['id', 'title'], properties: { id: { type: 'integer' }, title: { type: 'string' } } } as const;

const withKey = guarded(key);

@Controller('/notes')
@Injectable({ deps: [Notes] })
export class NotesController {
  constructor(private readonly notes: Notes) {}

  @Get('/', { returns: { type: 'array', items: Note }, open: true })
  list() {
    return this.notes.list();
  }

  @Get('/:id', { params: Id, returns: Note, open: true })
  find({ params }: { params: { id: number } }) {
    return this.notes.find(params.id);
  }

  @withKey.Post('/', { body: NewNote, returns: { 201: Note } })
  add({ body, user }: { body: { title: string }; user: { id: string } }) {
    return this.notes.add(body.title, user.id);
  }
}
