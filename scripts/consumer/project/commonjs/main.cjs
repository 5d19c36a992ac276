// The same service in CommonJS, without decorators and without a compiler.
const { Module, defineErrors, provide, runApp } = require('@plinth/core');
const { DATABASE, DataModule, defineMigration, id, table, text } = require('@plinth/data');
const { HttpModule, defineGuard, get, guarded, noCredential } = require('@plinth/http');
const { OpenApiModule } = require('@plinth/openapi');

// The sub-paths that need no library of their own: none of them may wait for anything while it loads (ERR_REQUIRE_ASYNC_MODULE).
for (const path of ['static', 'sse', 'data', 'idempotency', 'testing', 'middleware', 'multipart', 'metrics'])
  if (Object.keys(require(`@plinth/http/${path}`)).length === 0) throw new Error(`@plinth/http/${path} exports nothing.`);

const ERRORS = defineErrors('NOTE', { NOT_FOUND: { kind: 'not-found', detail: 'Note {id} does not exist.' } });
const notes = table('notes', { id: id(), title: text({ max: 80 }), owner: text({ max: 80 }) });
const first = defineMigration('2026_01_notes', { up: ({ createTable }) => createTable(notes) });

class Notes {
  constructor(database) {
    this.repository = database.repository(notes);
  }
}

const key = defineGuard({
  name: 'key',
  run: (context) => {
    if (context.headers['x-key'] === undefined) throw noCredential('send the header X-Key');
    return { user: { id: 'caller' } };
  },
});

const Id = { type: 'object', required: ['id'], properties: { id: { type: 'integer', minimum: 1 } } };
const NewNote = { type: 'object', required: ['title'], properties: { title: { type: 'string', minLength: 1, maxLength: 80 } } };
const Note = { type: 'object', required: ['id', 'title'], properties: { id: { type: 'integer' }, title: { type: 'string' } } };

const routes = [
  get('/notes', { returns: { type: 'array', items: Note }, open: true }, (context, { repository }) => repository.findMany({}), {
    deps: [Notes],
  }),
  get(
    '/notes/:id',
    { params: Id, returns: Note, open: true },
    async ({ params }, { repository }) => {
      const note = await repository.find(params.id);
      if (!note) throw ERRORS.NOT_FOUND({ id: params.id });
      return note;
    },
    { deps: [Notes] },
  ),
  guarded(key).post(
    '/notes',
    { body: NewNote, returns: { 201: Note } },
    ({ body, user }, { repository }) => repository.insert({ title: body.title, owner: user.id }),
    { deps: [Notes] },
  ),
];

const AppModule = class AppModule {};
Module({
  imports: [
    HttpModule,
    DataModule.with({ migrations: [first], migrate: 'start' }),
    OpenApiModule.with({ title: 'Notes', version: '1.0.0' }),
  ],
  providers: [provide(Notes, { deps: [DATABASE] })],
  routes,
})(AppModule);

void runApp(AppModule);
