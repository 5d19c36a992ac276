export { describeMailTransport, type ArrivedMail, type MadeMailTransport, type TestRunner } from './describe-mail-transport.js';
