import { provideClass } from '@plinth/core';

abstract class Port {
  abstract send(text: string): void;
}
class Silent {
  listen(): void {}
}

export const provider = provideClass(Port, Silent); // wrong: `Property 'send' is missing in type 'Silent'`
