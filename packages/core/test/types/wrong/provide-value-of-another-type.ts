import { provideValue, token } from '@plinth/core';

const PORT = token<number>('PORT');

export const provider = provideValue(PORT, 'eighty'); // wrong: `'string' is not assignable`
