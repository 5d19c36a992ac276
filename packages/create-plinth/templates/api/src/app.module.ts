import { Module } from '@plinth/core';
import { HttpModule } from '@plinth/http';
import { OpenApiModule } from '@plinth/openapi';
import { NotesController } from './notes.controller.ts';
import { Notes } from './notes.ts';

@Module({
  imports: [HttpModule, OpenApiModule.with({ title: '{{name}}', version: '0.1.0' })],
  providers: [Notes],
  controllers: [NotesController],
})
export class AppModule {}
