import { ExpressAdapter } from '@nestjs/platform-express';
import { createNest } from '../nest-app.mjs';

export const start = () => {
  const adapter = new ExpressAdapter();
  // The others send neither.
  adapter.disable('x-powered-by');
  adapter.disable('etag');
  return createNest(adapter);
};
