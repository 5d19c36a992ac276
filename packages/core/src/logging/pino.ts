// The only file that imports pino.
export { pino } from 'pino';
export type { DestinationStream, Logger as PinoLogger } from 'pino';
