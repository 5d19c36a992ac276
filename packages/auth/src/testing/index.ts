export { describeSessionStore, type MadeSessionStore, type TestRunner } from './describe-session-store.js';
