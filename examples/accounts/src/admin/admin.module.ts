import { Module } from '@plinth/core';
import { AdminController } from './admin.controller.js';

@Module({ controllers: [AdminController] })
export class AdminModule {}
