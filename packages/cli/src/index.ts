export { defineConfig, type PlinthConfig } from './config/define-config.js';
export { CLI_ERRORS } from './errors.js';
