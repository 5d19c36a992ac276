import { defineConfig } from '../config/define-config.js';
import { env } from '../config/env.js';
import { createField, type Field } from '../config/field.js';
import { parseLevels, type LevelSettings } from './log-levels.js';

/** How the application logs: `LOG_LEVEL`, `LOG_FORMAT`, `LOG_REDACT`. */
export const LOG_CONFIG = defineConfig('log', {
  level: levels('LOG_LEVEL'),
  format: env.oneOf('LOG_FORMAT', ['json', 'pretty'], {
    optional: true,
    describe: 'How lines are written; default json in production and to a destination of your own, pretty otherwise.',
  }),
  redact: env.list('LOG_REDACT', { default: [], describe: 'Names of further keys whose values are never logged.' }),
});

function levels(variable: string): Field<LevelSettings> {
  return createField<LevelSettings>(
    variable,
    { default: 'info', describe: 'The least grave level that is written; by module after commas: info,http=debug.' },
    {
      kind: 'levels',
      expected: 'trace, debug, info, warn, error, fatal or silent; for modules, add ,module=level',
      parse: (input) => {
        const settings = typeof input === 'string' ? parseLevels(input) : String(input);
        return typeof settings === 'string'
          ? { reason: `holds ${JSON.stringify(settings)}, which names no log level.` }
          : { value: settings };
      },
      show: ({ root, modules }: LevelSettings) =>
        [root, ...Object.entries(modules).map(([module, level]) => `${module}=${level}`)].join(','),
    },
  );
}
