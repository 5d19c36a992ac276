import { Module, token } from '@plinth/core';

const PORT = token<number>('PORT');

@Module({ provider: [PORT] }) // wrong: `'provider' does not exist in type 'ModuleOptions'`
export class Misspelt {}

abstract class Port {
  abstract send(): void;
}
@Module({ controllers: [Port] }) // wrong: an abstract class cannot be created
export class AbstractController {}
