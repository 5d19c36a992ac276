import { provideFactory, token } from '@plinth/core';

const PORT = token<number>('PORT');

export const provider = provideFactory(PORT, { create: () => 'eighty' }); // wrong: `Type 'string' is not assignable to type 'number`
