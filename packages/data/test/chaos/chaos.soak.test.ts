import { describeChaos } from './describe-chaos.js';

describeChaos(600);
