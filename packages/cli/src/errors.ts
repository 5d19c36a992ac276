import { defineErrors } from '@plinth/core';

/** What the command line can refuse. */
export const CLI_ERRORS = defineErrors('CLI', {
  USAGE: { kind: 'invalid', detail: '{reason}.', help: '`plinth --help` lists the commands, `plinth <command> --help` their options.' },
  CONFIG_MISSING: {
    kind: 'not-found',
    detail: 'There is no plinth.config.ts (or .mts, .js, .mjs) in {folder}.',
    help: "Write one: `import { defineConfig } from '@plinth/cli'; export default defineConfig({ app: () => import('./src/app.module.ts') });`, or name another with --config.",
  },
  CONFIG_LOAD: {
    kind: 'internal',
    detail: '{file} cannot be loaded: {reason}',
    help: 'Correct what the message says; the file is run as a module, and so is everything that it imports.',
  },
  CONFIG: { kind: 'invalid', detail: '{file} is not a configuration: {reason}.', help: '{cure}' },
  APP: {
    kind: 'internal',
    detail: 'The application of {file} cannot be had: {reason}',
    help: 'Let `app` give the root module, or `() => import(...)` of a file that exports it as default, as AppModule, or as its only export. That file must not call runApp: the entry does.',
  },
  ENTRY: {
    kind: 'not-found',
    detail: 'The entry {file} does not exist.',
    help: 'Name the file that calls runApp as `entry` of the configuration.',
  },
  PACKAGE: {
    kind: 'not-found',
    detail: 'The project has no package {name}, which this command needs.',
    help: 'Install it: npm install {name}',
  },
  HTTP: { kind: 'not-found', detail: 'The application has no HTTP server.', help: 'Import HttpModule in the root module.' },
  OPENAPI_OUTDATED: {
    kind: 'conflict',
    detail: '{file} is not what the application says: {reason}.',
    help: 'Write it anew: plinth openapi --out {file}',
  },
  FILE: { kind: 'internal', detail: '{file} cannot be {done}: {reason}.', help: 'Check the path and its permissions.' },
  DATABASE: {
    kind: 'not-found',
    detail: 'The database cannot be chosen: {reason}.',
    help: '{cure}',
  },
  AUTH: { kind: 'not-found', detail: 'The application has no {what}.', help: '{cure}' },
  SECURITY_LOG_ANCHOR: {
    kind: 'invalid',
    detail: '{value} is no end of a security log.',
    help: 'Give the sequence and the hash of a line `end of the security log`: --since 1000:2MLr…, 43 characters of hash.',
  },
  TIME: {
    kind: 'invalid',
    detail: '{value} is no time for {option}: {reason}.',
    help: '{cure}',
  },
  PRODUCTION: {
    kind: 'forbidden',
    detail: '`plinth {command}` undoes migrations, which loses data, and NODE_ENV is production.',
    help: 'Look at `plinth migrate sql --down`, make a backup, then add --force.',
  },
  MIGRATION_NAME: {
    kind: 'invalid',
    detail: 'A migration cannot be called {name}: {reason}.',
    help: 'Give a name of letters, digits and underscores that begins with a letter: plinth migrate new add_bio_to_users',
  },
  KEY_RING: {
    kind: 'conflict',
    detail: '{file} has an APP_KEY already.',
    help: 'Put a new key in front of it with --rotate --write; what the old one signed stays valid.',
  },
});
