export { event } from './event.js';
export {
  events,
  type EventFields,
  type EventOf,
  type EventSchemas,
  type EventSource,
  type EventStreamOptions,
  type PlainEvent,
} from './events.js';
export { lastEventId } from './last-event-id.js';
