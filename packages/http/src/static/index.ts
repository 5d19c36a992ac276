export { staticFiles, type StaticOptions } from './static-files.js';
