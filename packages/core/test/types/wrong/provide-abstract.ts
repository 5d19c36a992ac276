import { provide } from '@plinth/core';

abstract class Port {
  abstract send(): void;
}

export const provider = provide(Port); // wrong: `Cannot assign an abstract constructor type`
