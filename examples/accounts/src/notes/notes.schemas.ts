import { defineSchema } from '@plinth/validation';

const title = { type: 'string', minLength: 1, maxLength: 120, pattern: '\\S' } as const;
const text = { type: 'string', maxLength: 10_000 } as const;

export const NewNote = defineSchema({ $id: 'NewNote', type: 'object', required: ['title'], properties: { title, text } });

export const NoteChange = defineSchema({ $id: 'NoteChange', type: 'object', minProperties: 1, properties: { title, text } });

export const NoteReply = defineSchema({
  $id: 'Note',
  type: 'object',
  required: ['id', 'title', 'text', 'createdAt', 'updatedAt'],
  properties: {
    id: { type: 'string', format: 'uuid' },
    title,
    text,
    createdAt: { type: 'string', format: 'date-time' },
    updatedAt: { type: 'string', format: 'date-time' },
  },
});

export const NotesReply = defineSchema({
  $id: 'Notes',
  type: 'object',
  required: ['items', 'next'],
  properties: {
    items: { type: 'array', items: NoteReply },
    next: { type: ['string', 'null'], description: 'The cursor of the next page; null at the end.' },
  },
});

export const NotesQuery = defineSchema({ type: 'object', properties: { after: { type: 'string', maxLength: 1_000 } } });
