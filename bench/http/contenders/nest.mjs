import { FastifyAdapter } from '@nestjs/platform-fastify';
import { createNest } from '../nest-app.mjs';

export const start = () => createNest(new FastifyAdapter({ http: { optimizeEmptyRequests: true } }));
