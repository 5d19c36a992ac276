import { defineErrors, Injectable } from '@plinth/core';
import { DATABASE, type Database, type Row } from '@plinth/data';
import { notes } from './notes.table.js';

const ERRORS = defineErrors('NOTE', { NOT_FOUND: { kind: 'not-found', detail: 'Note {id} does not exist.' } });

@Injectable({ deps: [DATABASE] })
export class Notes {
  constructor(private readonly database: Database) {}

  list(): Promise<readonly Row<typeof notes>[]> {
    return this.database.repository(notes).findMany({ orderBy: { id: 'asc' } });
  }

  async find(id: number): Promise<Row<typeof notes>> {
    const note = await this.database.repository(notes).find(id);
    if (!note) throw ERRORS.NOT_FOUND({ id });
    return note;
  }

  add(title: string, owner: string): Promise<Row<typeof notes>> {
    return this.database.repository(notes).insert({ title, owner });
  }
}
