// A guard whose run takes something else than its deps give.
import { token } from '@plinth/core';
import { defineGuard } from '@plinth/http';

const LIMIT = token<number>('LIMIT');

export const limited = defineGuard({ name: 'limited', deps: [LIMIT], run: (_context, limit: string) => void limit }); // wrong: `'number' is not assignable to type 'string'`
