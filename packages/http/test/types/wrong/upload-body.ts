// A handler that takes for a text what the form declares as a file.
import { Controller, Post } from '@plinth/http';
import { file, multipart } from '@plinth/http/multipart';

const Form = multipart({ avatar: file(), title: { type: 'string' } });

@Controller('/profiles')
export class Profiles {
  @Post('/', { body: Form, open: true }) // wrong: `but the handler takes`
  create({ body }: { body: { avatar: string; title: string } }): string {
    return body.avatar;
  }
}
