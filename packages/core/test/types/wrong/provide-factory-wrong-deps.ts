import { provideFactory, token } from '@plinth/core';

const PORT = token<number>('PORT');
const NAME = token<string>('NAME');

export const provider = provideFactory(PORT, { deps: [NAME], create: (name: number) => name }); // wrong: `Type 'string' is not assignable to type 'number'`
