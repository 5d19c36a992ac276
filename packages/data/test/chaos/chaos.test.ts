import { describeChaos } from './describe-chaos.js';

// Two or three rounds of every act; `pnpm soak` goes on for ten minutes.
describeChaos(25);
