import { Module } from '@plinth/core';
import { DataModule, defineMigration } from '@plinth/data';
import { HttpModule } from '@plinth/http';
import { OpenApiModule } from '@plinth/openapi';
import { NotesController } from './notes.controller.js';
import { notes } from './notes.table.js';
import { Notes } from './notes.js';

const first = defineMigration('2026_01_notes', { up: ({ createTable }) => createTable(notes) });

@Module({
  imports: [
    HttpModule,
    DataModule.with({ migrations: [first], migrate: 'start' }),
    OpenApiModule.with({ title: 'Notes', version: '1.0.0' }),
  ],
  providers: [Notes],
  controllers: [NotesController],
})
export class AppModule {}
