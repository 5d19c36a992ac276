import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Tarball } from './pack.ts';
import { run } from './run.ts';

export interface LocalRegistry {
  readonly url: string;
  close(): void;
}

/** Serves packed packages as the npm registry would, so that `npm install @plinth/core` of a page can be run as it stands. Only on 127.0.0.1. */
export async function serveRegistry(tarballs: readonly Tarball[]): Promise<LocalRegistry> {
  let url = '';
  const manifests = new Map(
    await Promise.all(
      tarballs.map(async (tarball) => [tarball.package.manifest.name, { tarball, manifest: await readPacked(tarball) }] as const),
    ),
  );
  const server = createServer((request, response) => {
    const [name = '', file] = decodeURIComponent(request.url ?? '/')
      .slice(1)
      .split('/-/');
    const found = manifests.get(name);
    if (!found) return void response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":"not found"}');
    if (file) return void response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(readFileSync(found.tarball.file));
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(packumentOf(found.manifest, found.tarball, url)));
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address === 'object' && address) url = `http://127.0.0.1:${address.port}`;
  return { url, close: () => server.close() };
}

/** The manifest as it was packed: `workspace:` ranges replaced, the source condition gone. */
async function readPacked({ file }: Tarball): Promise<{ name: string; version: string }> {
  const { stdout } = await run('tar', ['-xzOf', file, 'package/package.json']);
  return JSON.parse(stdout) as { name: string; version: string };
}

function packumentOf(manifest: { name: string; version: string }, { file }: Tarball, url: string): object {
  const { name, version } = manifest;
  const integrity = `sha512-${createHash('sha512').update(readFileSync(file)).digest('base64')}`;
  return {
    name,
    'dist-tags': { latest: version },
    versions: { [version]: { ...manifest, dist: { integrity, tarball: `${url}/${name}/-/package.tgz` } } },
  };
}
