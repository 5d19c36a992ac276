import { ACCOUNT_PARTS } from '@plinth/auth';
import { Module } from '@plinth/core';
import { Data } from '../database/data.js';
import { notesPart } from './notes-part.js';
import { NotesController } from './notes.controller.js';

@Module({ imports: [Data], providers: [notesPart], controllers: [NotesController], exports: [ACCOUNT_PARTS] })
export class NotesModule {}
