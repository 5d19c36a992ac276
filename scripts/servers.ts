import { access, constants } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import { join } from 'node:path';
import { ROOT } from './lib/workspace.ts';

// The drivers belong to the data package; they are loaded when a server is looked for.
const require = createRequire(join(ROOT, 'packages/data/package.json'));

interface Client {
  connect?(): Promise<unknown>;
  on(event: 'error', listener: () => void): unknown;
  query(sql: string): Promise<unknown>;
  end(): Promise<unknown>;
}

export interface FoundServer {
  readonly name: string;
  /** The environment variable that says where the server is. */
  readonly variable: string;
  /** Undefined: it does not answer. */
  readonly url: string | undefined;
  /** The first place it was looked for, without its password. */
  readonly tried: string;
}

/** Where each server is looked for when its variable is not set: as compose.yaml starts it, as `.ci/run` does, and as distributions do. */
const SERVERS = [
  {
    name: 'PostgreSQL',
    variable: 'TEST_POSTGRES_URL',
    urls: [
      'postgres://plinth:plinth@127.0.0.1:5432/postgres',
      'postgres://postgres@127.0.0.1:5432/postgres',
      'postgres://postgres:postgres@127.0.0.1:5432/postgres',
    ],
    answers: answersPostgres,
  },
  {
    name: 'MariaDB',
    variable: 'TEST_MARIADB_URL',
    urls: ['mysql://root:plinth@127.0.0.1:3306/mysql', 'mysql://plinth:plinth@127.0.0.1:3306/mysql', 'mysql://root@127.0.0.1:3306/mysql'],
    answers: answersMysql,
  },
  { name: 'Redis', variable: 'TEST_REDIS_URL', urls: ['redis://127.0.0.1:6379'], answers: answersRedis },
  // No server, but as with one, tests need a real one and run without it elsewhere.
  {
    name: 'Chromium',
    variable: 'TEST_CHROMIUM',
    urls: ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'],
    answers: isExecutable,
  },
] as const;

/** Looks for the servers the tests want, all at once. A variable that is set is the only place looked at. */
export function findServers(env: NodeJS.ProcessEnv): Promise<readonly FoundServer[]> {
  return Promise.all(
    SERVERS.map(async ({ name, variable, urls, answers }) => {
      const set = env[variable];
      const candidates: readonly [string, ...string[]] = set ? [set] : urls;
      for (const url of candidates) {
        if (await answers(url).catch(() => false)) return { name, variable, url, tried: '' };
      }
      return { name, variable, url: undefined, tried: candidates[0].replace(/:[^:@/]*@/, ':***@') };
    }),
  );
}

async function answersPostgres(url: string): Promise<boolean> {
  const { Client } = require('pg') as { Client: new (options: object) => Client };
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2000 });
  client.on('error', () => undefined);
  await client.connect?.();
  return answersQuery(client);
}

async function answersMysql(url: string): Promise<boolean> {
  const { createConnection } = require('mysql2/promise') as { createConnection: (options: object) => Promise<Client> };
  return answersQuery(await createConnection({ uri: url.replace(/^mariadb:/, 'mysql:'), connectTimeout: 2000 }));
}

async function answersQuery(client: Client): Promise<boolean> {
  await client.query('select 1');
  await client.end();
  return true;
}

async function isExecutable(path: string): Promise<boolean> {
  await access(path, constants.X_OK);
  return true;
}

function answersRedis(url: string): Promise<boolean> {
  const { hostname, port, password, username } = new URL(url);
  const credentials = [username, password].filter(Boolean).map(decodeURIComponent).join(' ');
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port || 6379), timeout: 2000 });
    let reply = '';
    const finish = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.on('connect', () => socket.write(`${credentials ? `AUTH ${credentials}\r\n` : ''}PING\r\n`));
    socket.on('data', (chunk) => {
      reply += chunk.toString();
      if (reply.includes('+PONG')) finish(true);
      else if (reply.startsWith('-')) finish(false);
    });
    socket.on('error', () => finish(false));
    socket.on('timeout', () => finish(false));
    socket.on('close', () => finish(false));
  });
}
