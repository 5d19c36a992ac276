import { allOf, token, type App } from '@plinth/core';

const PORT = token<number>('PORT');

export function read(app: App): string {
  const ports: number[] = app.get(allOf(PORT)) as never;
  void ports;
  return app.get(PORT); // wrong: `Type 'number' is not assignable to type 'string'`
}
