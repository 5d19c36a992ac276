import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** A database server of a test's own, to be frozen, killed and restarted. Its data is in a folder of the temporary directory. */
export interface OwnServer {
  readonly dialect: 'postgres' | 'mysql';
  readonly title: string;
  /** Its URL, straight to it. */
  readonly url: string;
  readonly port: number;
  /** SIGSTOP for all of its processes: connections stay open, and nothing is answered. */
  freeze(): void;
  thaw(): void;
  /** SIGKILL for all of its processes; resolves when they are gone. */
  kill(): Promise<void>;
  /** Starts it again with its data; resolves when it accepts queries. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** The commands of a kind of server. */
interface Recipe {
  readonly title: string;
  readonly dialect: OwnServer['dialect'];
  /** The user to be when this process is root, whom these servers refuse. */
  readonly user: string;
  readonly program: string | undefined;
  url(port: number): string;
  init(folder: string): readonly [command: string, ...args: string[]];
  args(folder: string, port: number): readonly string[];
}

const postgresFolder = globSync('/usr/lib/postgresql/*/bin').sort().at(-1) ?? '/usr/local/pgsql/bin';
const recipes: Readonly<Record<OwnServer['dialect'], Recipe>> = {
  postgres: {
    title: 'PostgreSQL',
    dialect: 'postgres',
    user: 'postgres',
    program: existing(join(postgresFolder, 'postgres')),
    url: (port) => `postgres://postgres@127.0.0.1:${port}/postgres`,
    init: (folder) => [
      join(postgresFolder, 'initdb'),
      '-D',
      join(folder, 'data'),
      '-U',
      'postgres',
      '-A',
      'trust',
      '-E',
      'UTF8',
      '--no-sync',
    ],
    // A process that is killed loses nothing that it has written, so fsync changes nothing here but the time.
    args: (folder, port) => [
      '-D',
      join(folder, 'data'),
      '-p',
      String(port),
      '-k',
      folder,
      '-c',
      'listen_addresses=127.0.0.1',
      '-c',
      'fsync=off',
    ],
  },
  mysql: {
    title: 'MariaDB',
    dialect: 'mysql',
    user: 'mysql',
    program: existing('/usr/sbin/mariadbd') ?? existing('/usr/local/sbin/mariadbd'),
    url: (port) => `mariadb://root@127.0.0.1:${port}/test`,
    init: (folder) => [
      'mariadb-install-db',
      '--no-defaults',
      `--datadir=${join(folder, 'data')}`,
      '--auth-root-authentication-method=normal',
      '--skip-name-resolve',
    ],
    args: (folder, port) => [
      '--no-defaults',
      `--datadir=${join(folder, 'data')}`,
      `--port=${port}`,
      `--socket=${join(folder, 'socket')}`,
      `--pid-file=${join(folder, 'pid')}`,
      '--bind-address=127.0.0.1',
      '--skip-name-resolve',
      '--innodb-flush-log-at-trx-commit=2',
      '--innodb-buffer-pool-size=32M',
    ],
  },
};

/** Whether the programs of a server are on this machine. */
export function isInstalled(dialect: OwnServer['dialect']): boolean {
  return recipes[dialect].program !== undefined;
}

/** Makes an empty server on a free port and starts it. */
export async function startServer(dialect: OwnServer['dialect']): Promise<OwnServer> {
  const recipe = recipes[dialect];
  if (recipe.program === undefined)
    throw new Error(`${recipe.title} is not installed on this machine, so none can be started to be harmed.`);
  const folder = mkdtempSync(join(tmpdir(), `plinth-${dialect}-`));
  const port = await freePort();
  const identity = identityOf(recipe.user);
  if (identity.uid !== undefined) chownSync(folder, identity.uid, identity.gid!);
  const [command, ...args] = recipe.init(folder);
  const options = { ...identity, cwd: folder, env: { PATH: `${process.env['PATH']}:/usr/sbin:/sbin`, LC_ALL: 'C', TZ: 'UTC' } };
  await promisify(execFile)(command, args, options);
  const start = async (): Promise<ChildProcess> => {
    const child = spawn(recipe.program!, recipe.args(folder, port), { ...options, stdio: 'ignore' });
    await accepts(dialect, port, child);
    return child;
  };
  let child = await start();
  // A run that is broken off must not leave a server behind.
  const orphaned = (): void => signal(familyOf(child.pid!), 'SIGKILL');
  process.once('exit', orphaned);
  const kill = async (): Promise<void> => {
    const gone = new Promise<void>((resolve) =>
      (child.exitCode ?? child.signalCode) === null ? child.once('exit', () => resolve()) : resolve(),
    );
    const family = familyOf(child.pid!);
    signal(family, 'SIGKILL');
    await gone;
    while (family.some((pid) => isAlive(pid))) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  return {
    dialect,
    title: recipe.title,
    url: recipe.url(port),
    port,
    freeze: () => signal(familyOf(child.pid!), 'SIGSTOP'),
    thaw: () => signal(familyOf(child.pid!), 'SIGCONT'),
    kill,
    async restart() {
      child = await start();
    },
    async stop() {
      await kill();
      process.removeListener('exit', orphaned);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function existing(file: string): string | undefined {
  return existsSync(file) ? file : undefined;
}

function identityOf(user: string): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const idOf = (flag: string): number => Number(execFileSync('id', [flag, user], { encoding: 'utf8' }));
  return { uid: idOf('-u'), gid: idOf('-g') };
}

/** A process and its children: PostgreSQL has one per connection, each in a session of its own. */
function familyOf(pid: number): readonly number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    return [pid, ...(children === '' ? [] : children.split(' ').map(Number))];
  } catch {
    return [pid];
  }
}

function signal(pids: readonly number[], name: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch {
      // It has ended by itself meanwhile.
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

async function accepts(dialect: OwnServer['dialect'], port: number, child: ChildProcess): Promise<void> {
  const end = performance.now() + 30_000;
  while (!(await greets(dialect, port))) {
    if (child.exitCode !== null || performance.now() > end) throw new Error(`${recipes[dialect].title} did not start.`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** MariaDB greets whoever connects; PostgreSQL answers a startup packet, with an error (E) of code 57P03 while it still recovers. */
function greets(dialect: OwnServer['dialect'], port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, timeout: 1_000 });
    const settle = (there: boolean): void => {
      socket.destroy();
      resolve(there);
    };
    socket.once('connect', () => {
      if (dialect === 'postgres') socket.write(startupPacket);
    });
    socket.once('data', (data) => settle(dialect === 'mysql' || data[0] === 'R'.charCodeAt(0)));
    socket
      .once('error', () => settle(false))
      .once('timeout', () => settle(false))
      .once('close', () => settle(false));
  });
}

const startupPacket = (() => {
  const body = Buffer.from('\0\x03\0\0user\0postgres\0database\0postgres\0\0', 'latin1');
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length + 4);
  return Buffer.concat([length, body]);
})();

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}
