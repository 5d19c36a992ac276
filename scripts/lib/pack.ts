import { existsSync, mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { inParallel, run } from './run.ts';
import { type Package, packagesIn } from './workspace.ts';

export interface Tarball {
  readonly package: Package;
  readonly file: string;
}

/** Packs every published package as it would be published, into a folder. Throws an Error with the packer's output, or with the files that are not built. */
export function packAll(folder: string): Promise<readonly Tarball[]> {
  mkdirSync(folder, { recursive: true });
  const published = packagesIn('packages').filter((each) => !each.manifest.private);
  return inParallel(published, availableParallelism(), async (each) => {
    const file = join(folder, `${each.manifest.name.replace('@', '').replace('/', '-')}-${each.manifest.version}.tgz`);
    const absent = missingFiles(each);
    if (absent.length > 0) throw new Error(`${each.manifest.name} is not built whole: ${absent.join(', ')} missing. Run pnpm build.`);
    const { code, output } = await run('pnpm', ['pack', '--out', file], { cwd: each.folder });
    if (code !== 0) throw new Error(`${each.manifest.name} could not be packed:\n${output}`);
    return { package: each, file };
  });
}

/** The files that a package's exports promise and its folder lacks: `npm start` builds no declarations. */
function missingFiles({ folder, manifest }: Package): readonly string[] {
  const targets = Object.values(manifest.exports ?? {}).flatMap((entry) =>
    typeof entry === 'object' && entry !== null ? Object.values(entry as Record<string, string>) : [String(entry)],
  );
  return targets.filter((file) => !existsSync(join(folder, file)));
}
