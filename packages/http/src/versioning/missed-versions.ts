import type { RouteContext } from '../request/http-context.js';
import type { Router } from '../router/router.js';
import { createVersionReader, isByRequest } from './request-version.js';
import { VersionRouter } from './version-router.js';
import { versionSegment } from './route-versions.js';
import type { VersioningOptions } from './versioning-options.js';

/** The version that a request asked for in vain, and those in which its path leads somewhere. */
export interface MissedVersion {
  readonly asked: string | undefined;
  readonly versions: readonly string[];
}

/** Tells whether only the version is wrong with a request that no route answers. */
export type MissedVersionFinder = (context: RouteContext) => MissedVersion | undefined;

/** The finder of a way of versioning; `versions` are all that routes have. */
export function createMissedVersions<T>(
  router: Router<T>,
  versioning: VersioningOptions,
  versions: readonly string[],
  prefix: string,
): MissedVersionFinder {
  if (isByRequest(versioning)) {
    const versionOf = createVersionReader(versioning);
    return (context) => told(versionOf(context), (router as VersionRouter<T>).versionsOf(context.path, context.method));
  }
  const base = prefix === '/' ? '' : prefix;
  const start = `${base}${versionSegment(versioning, '')}`;
  return ({ path }) => {
    const leads = (rest: string) =>
      versions.filter((version) => router.methodsOf(`${base}${versionSegment(versioning, version)}${rest}`).length > 0);
    if (path.startsWith(start)) {
      const end = path.indexOf('/', start.length);
      if (end !== -1) {
        const found = leads(path.slice(end));
        const asked = path.slice(start.length, end);
        if (found.length > 0 && !found.includes(asked)) return { asked, versions: found };
      }
    }
    return path.startsWith(`${base}/`) ? told(undefined, leads(path.slice(base.length))) : undefined;
  };
}

function told(asked: string | undefined, versions: readonly string[]): MissedVersion | undefined {
  return versions.length === 0 ? undefined : { asked, versions };
}
