import { Module } from '@plinth/core';
import { get, HttpModule } from '@plinth/http';

const Greeting = { type: 'object', properties: { hello: { type: 'string' } }, required: ['hello'] } as const;

@Module({
  imports: [HttpModule],
  routes: [get('/hello/:name', { open: true, returns: Greeting }, ({ params }) => ({ hello: params.name }))],
})
export class AppModule {}
