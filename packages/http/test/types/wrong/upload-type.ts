// A type of file that no bytes can tell.
import { file } from '@plinth/http/multipart';

export const avatar = file({ types: ['image/pgn'] }); // wrong: `"image/pgn"`
