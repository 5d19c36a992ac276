import { defineConfig, env } from '@plinth/core';
import { HTTP_ERRORS } from '../errors.js';
import { isHost } from '../request/hosts.js';

/** Where the server listens and whom it answers for. */
export const HTTP_CONFIG = defineConfig(
  'http',
  {
    /** 0 takes any free port. */
    port: env.port('PORT', { default: 3000 }),
    /** One address or several, separated by commas. */
    host: env.string('HOST', { default: '0.0.0.0', development: '127.0.0.1' }),
    /** Hosts that are answered for; obligatory in production. In development this machine's own names are added. */
    hosts: env.list('APP_HOSTS', { default: [] }),
    /** The proxies that are believed: their number (`1`), or networks (`10.0.0.0/8, loopback`); `off`: none. Stands over `trust`. */
    trustProxy: env.string('APP_TRUST_PROXY', { default: '' }),
    /** The path of a Unix socket to listen on, instead of HOST and PORT. */
    socket: env.string('SOCKET', { default: '' }),
    /** Its permissions, as octal digits. */
    socketMode: env.string('SOCKET_MODE', { default: '660', pattern: /^[0-7]{3}$/ }),
    /** The certificate with its chain: PEM text or a file. With TLS_KEY it switches https on. */
    tlsCert: env.string('TLS_CERT', { default: '' }),
    /** The private key: PEM text or a file. */
    tlsKey: env.secret('TLS_KEY', { optional: true }),
    /** Where clients reach the service. An https URL switches HSTS on. */
    url: env.url('APP_URL', { optional: true, protocols: ['http', 'https'] }),
    /** The port of the admin listener: metrics, health details, routes. 0 takes any free port. Stands over `admin.port`. */
    adminPort: env.port('ADMIN_PORT', { optional: true }),
    /** Rates that replace those in the code, by the name of the limit: `default=600/1m/100, sign-in=20/1m`; `off`: none at all. */
    rateLimits: env.string('HTTP_RATE_LIMITS', { default: '' }),
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
