import { expect, test } from 'vitest';
import { defineAround } from '../around/define-around.js';
import { defineGuard } from '../guard/define-guard.js';
import { Controller } from './controller.js';
import { guarded } from './guarded.js';
import { checkController, joinPaths, readRoutes } from './read-routes.js';
import { get, route } from './route-functions.js';
import { Get, Post, Query, Route } from './verbs.js';

const outer = defineGuard({ name: 'outer', run: () => undefined });
const inner = defineGuard({ name: 'inner', run: () => ({ user: 'ada' }) });
const signedIn = guarded(inner);
const first = defineAround({ name: 'first', run: (_context, next) => next() });
const second = defineAround({ name: 'second', run: (_context, next) => next() });

@Controller('/orders/', { guards: [outer], around: [first] })
class OrdersController {
  @Get('/')
  list(): string {
    return 'list';
  }

  @signedIn.Post('/:id/notes', { around: [second], tags: ['notes'] })
  note(): string {
    return 'note';
  }
}

test('routes of a controller carry its prefix, guards and arounds, outermost first, and where they stand', () => {
  const [list, note] = readRoutes(OrdersController);
  expect(list).toMatchObject({ method: 'GET', path: '/orders', handler: { controller: OrdersController, property: 'list' } });
  expect(note).toMatchObject({ method: 'POST', path: '/orders/:id/notes', guards: [outer, inner], around: [first, second] });
  expect(list!.contract.tags).toEqual(['Orders']);
  expect(note!.contract.tags).toEqual(['notes']);
  expect(list!.definedAt).toMatch(/read-routes\.test\.ts:\d+$/);
});

abstract class Readable {
  @Get('/', { open: true })
  list(): string {
    return 'base';
  }

  @Get('/:id', { open: true })
  find(): string {
    return 'base';
  }
}

@Controller('/readable')
class Articles extends Readable {
  override list(): string {
    return 'overridden';
  }

  @Get('/:slug', { open: true })
  override find(): string {
    return 'decorated again';
  }

  @Query('/', { open: true })
  search(): string {
    return 'own';
  }
}

@Controller('/others')
class Others extends Readable {}

test('a subclass inherits routes; a method that is decorated again has its new route only', () => {
  expect(readRoutes(Articles).map(({ method, path }) => `${method} ${path}`)).toEqual([
    'GET /readable',
    'GET /readable/:slug',
    'QUERY /readable',
  ]);
  expect(readRoutes(Others).map(({ method, path }) => `${method} ${path}`)).toEqual(['GET /others', 'GET /others/:id']);
});

@Controller('/open', { open: true })
class OpenController {
  @Get('/a')
  a(): void {}

  @signedIn.Get('/b')
  b(): void {}

  @Route('purge', '/c')
  c(): void {}
}

test('`open` of a controller opens its unguarded routes and leaves the guarded ones closed', () => {
  expect(readRoutes(OpenController).map(({ contract }) => contract.open)).toEqual([true, undefined, true]);
});

test('a method by name is upper case', () => {
  expect(readRoutes(OpenController)[2]!.method).toBe('PURGE');
  expect(route('purge', '/x', { open: true }, () => '').method).toBe('PURGE');
});

class Plain {
  @Post('/')
  run(): void {}
}

class Sub extends OrdersController {}

test('a class without @Controller is no controller, nor is a subclass of one', () => {
  expect(readRoutes(Plain)).toEqual([]);
  expect(checkController(Plain)).toMatchObject([{ code: 'HTTP_NO_CONTROLLER', where: 'Plain' }]);
  expect(checkController(Sub)).toHaveLength(1);
  expect(checkController(OrdersController)).toEqual([]);
});

test('a function route is the same data, with its dependencies and its place', () => {
  const handler = ({ params }: { params: { id: string } }): string => params.id;
  const definition = get('items/:id', { open: true }, handler);
  expect(definition).toMatchObject({ method: 'GET', path: '/items/:id', contract: { open: true }, guards: [], around: [], handler });
  expect(definition.definedAt).toMatch(/read-routes\.test\.ts:\d+$/);
  expect(guarded(inner).get('/', {}, ({ user }) => user).guards).toEqual([inner]);
});

test.each([
  ['/', '/', '/'],
  ['', '', '/'],
  ['/a', '/', '/a'],
  ['a/', '/b/', '/a/b'],
  ['/', 'b', '/b'],
])('the prefix %j and the path %j make %j [RT-05]', (prefix, path, joined) => {
  expect(joinPaths(prefix, path)).toBe(joined);
});
