import { provideAlias, token } from '@plinth/core';

const PORT = token<number>('PORT');
const NAME = token<string>('NAME');

export const provider = provideAlias(PORT, NAME); // wrong: `"the existing key gives", string, "but the alias gives", number`
