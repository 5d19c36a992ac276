// A method of the context, taken off it.
import { get } from '@plinth/http';

export const agent = get('/', { open: true }, ({ header }) => header('user-agent') ?? 'none'); // wrong: `The 'this' context of type 'void' is not assignable`
