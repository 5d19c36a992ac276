import { ACCOUNT_PARTS, type AccountPart } from '@plinth/auth';
import { provideFactory } from '@plinth/core';
import { DATABASE, type Database } from '@plinth/data';
import { notes } from './notes.table.js';

/** Notes go when their account goes. */
export const notesPart = provideFactory(ACCOUNT_PARTS, { deps: [DATABASE], create: toPart, many: true });

function toPart(database: Database): AccountPart {
  return { name: 'notes', remove: (ownerId) => database.repository(notes).deleteMany({ ownerId }) };
}
