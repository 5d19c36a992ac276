import { defineConfig, env } from '@plinth/core';
import { HTTP_ERRORS } from '../errors.js';
import { isHost } from '../request/hosts.js';

/** Where the server listens and whom it answers for. */
export const HTTP_CONFIG = defineConfig(
  'http',
  {
    /** 0 takes any free port. */
    port: env.port('PORT', { default: 3000 }),
    host: env.string('HOST', { default: '0.0.0.0', development: '127.0.0.1' }),
    /** Hosts that are answered for; obligatory in production. In development this machine's own names are added. */
    hosts: env.list('APP_HOSTS', { default: [] }),
    /** Where clients reach the service. An https URL switches HSTS on. */
    url: env.url('APP_URL', { optional: true, protocols: ['http', 'https'] }),
    /** After SIGTERM: milliseconds of still accepting, so that load balancers notice. */
    grace: env.duration('HTTP_GRACE', { default: '5s' }),
    /** After the grace: milliseconds for requests in flight. */
    drain: env.duration('HTTP_DRAIN', { default: '20s' }),
  },
  {
    check({ hosts }, { production }) {
      const bad = hosts.find((host) => !isHost(host.startsWith('*.') ? host.slice(2) : host));
      const error =
        bad !== undefined
          ? HTTP_ERRORS.HOSTS({ value: JSON.stringify(bad) })
          : production && hosts.length === 0
            ? HTTP_ERRORS.HOSTS_MISSING()
            : undefined;
      return (
        error && { code: error.code, message: error.detail, where: 'APP_HOSTS', ...(error.help !== undefined && { help: error.help }) }
      );
    },
  },
);
