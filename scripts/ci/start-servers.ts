import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { run, type RunResult } from '../lib/run.ts';
import { findServers, type FoundServer } from '../servers.ts';

/** How each server is had on Debian: its package, the service's name, and the account the tests use. */
const ON_DEBIAN: Readonly<Record<string, { install: string; service?: string; account?: readonly [string, ...string[]] }>> = {
  PostgreSQL: {
    install: 'postgresql',
    service: 'postgresql',
    account: [
      'runuser',
      '-u',
      'postgres',
      '--',
      'psql',
      '-v',
      'ON_ERROR_STOP=1',
      '-c',
      `DO $$ BEGIN CREATE ROLE plinth; EXCEPTION WHEN duplicate_object THEN NULL; END $$; ALTER ROLE plinth SUPERUSER LOGIN PASSWORD 'plinth'`,
    ],
  },
  MariaDB: {
    install: 'mariadb-server',
    service: 'mariadb',
    account: [
      'mariadb',
      '-e',
      ['localhost', '127.0.0.1']
        .map(
          (host) =>
            `CREATE USER IF NOT EXISTS plinth@'${host}' IDENTIFIED BY 'plinth'; GRANT ALL ON *.* TO plinth@'${host}' WITH GRANT OPTION;`,
        )
        .join(' '),
    ],
  },
  Redis: { install: 'redis-server', service: 'redis-server' },
  Chromium: { install: 'chromium' },
};

/**
 * Sees that the servers the tests need answer. Those that don't are installed and started where this is root on Debian;
 * elsewhere, and where a variable names a server that does not answer, the result says which are missing.
 */
export async function startServers(): Promise<RunResult> {
  const started = performance.now();
  const result = (code: number, output: string): RunResult => ({
    code,
    output,
    stdout: output,
    seconds: (performance.now() - started) / 1000,
  });
  const balancer = await installHaproxy();
  const absent = (await findServers(process.env)).filter((server) => !server.url);
  if (absent.length === 0) return result(0, balancer);

  const startable = absent.filter((server) => !process.env[server.variable]);
  const isDebian = existsSync('/etc/debian_version') && process.getuid?.() === 0;
  const log = isDebian ? await install(startable) : '';
  const missing = (await findServers(process.env)).filter((server) => !server.url);
  if (missing.length === 0) return result(0, log);
  const sentences = missing.map(
    ({ name, tried, variable }) =>
      `${name} does not answer at ${tried}: start it (docker compose up -d), or say where it is in ${variable}.`,
  );
  return result(1, `${log}${sentences.join('\n')}`);
}

// Rolling restarts are tested behind it; it listens nowhere of itself. Where it can't be had, its test says so.
async function installHaproxy(): Promise<string> {
  const present = ['/usr/sbin/haproxy', '/usr/local/sbin/haproxy', '/usr/bin/haproxy'].some((file) => existsSync(file));
  if (present || !existsSync('/etc/debian_version') || process.getuid?.() !== 0) return '';
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update', '-q'], { env });
  const { code, output } = await run('apt-get', ['install', '-q', '-y', '--no-install-recommends', 'haproxy'], { env });
  return code === 0 ? '' : `${output}\n`;
}

async function install(servers: readonly FoundServer[]): Promise<string> {
  const wanted = servers.flatMap(({ name }) => ON_DEBIAN[name] ?? []);
  if (wanted.length === 0) return '';
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  let log = '';
  const take = async (command: string, ...args: readonly string[]): Promise<number> => {
    const { code, output } = await run(command, args, { env });
    if (code !== 0) log += `${command} ${args.join(' ')}\n${output}\n`;
    return code;
  };
  const packages = wanted.map((server) => server.install);
  if ((await take('dpkg', '--status', ...packages)) !== 0) {
    await take('apt-get', 'update', '-q');
    await take('apt-get', 'install', '-q', '-y', '--no-install-recommends', ...packages);
  }
  for (const { service, account } of wanted) {
    if (!service) continue;
    await take('service', service, 'start');
    if (!account) continue;
    const [command, ...args] = account;
    for (let attempt = 0; attempt < 20 && (await take(command, ...args)) !== 0; attempt++) await sleep(500);
  }
  return log;
}
