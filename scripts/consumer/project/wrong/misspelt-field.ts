import { Controller, Post } from '@plinth/http';

const NewNote = { type: 'object', required: ['title'], properties: { title: { type: 'string' } } } as const;

@Controller('/notes', { open: true })
export class NotesController {
  @Post('/', { body: NewNote, returns: { 201: NewNote } })
  add({ body }: { body: { titel: string } }) {
    return { title: body.titel };
  }
}
