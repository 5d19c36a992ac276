import { Module } from '@plinth/core';
import { Data } from '../database/data.js';
import { TagsController } from './tags.controller.js';

@Module({ imports: [Data], controllers: [TagsController] })
export class TagsModule {}
