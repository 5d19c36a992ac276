import { id, table, text } from '@plinth/data';

export const notes = table('notes', { id: id(), title: text({ max: 80 }), owner: text({ max: 80 }) });
