// A file that may be missing, read as if it were there.
import { post } from '@plinth/http';
import { file, multipart } from '@plinth/http/multipart';

const body = multipart({ avatar: file({ optional: true }) });

export const route = post('/', { open: true, body, returns: { type: 'integer' } }, (context) => context.body.avatar.size); // wrong: `'context.body.avatar' is possibly 'undefined'`
