import { HTTP_ERRORS } from '../errors.js';
import type { RouteVersion, VersioningOptions } from './versioning-options.js';

const wellFormed = /^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/;

/**
 * The versions that a route says it belongs to; `undefined` for one that belongs to all. Throws `HTTP_VERSIONING` for what is no
 * version, and where no versioning was declared.
 */
export function routeVersions(
  declared: RouteVersion | undefined,
  versioning: VersioningOptions | undefined,
  route: string,
): readonly string[] | undefined {
  if (declared === undefined || declared === 'neutral') return undefined;
  if (versioning === undefined)
    throw HTTP_ERRORS.VERSIONING({ subject: route, reason: 'it has a version, and HttpModule declares no `versioning`' });
  const versions = typeof declared === 'string' ? [declared] : [...new Set(declared)];
  if (versions.length === 0) throw HTTP_ERRORS.VERSIONING({ subject: route, reason: 'its list of versions is empty' });
  for (const version of versions) checkVersion(version, route);
  return versions;
}

/** Throws `HTTP_VERSIONING` for options that make no sense. */
export function checkVersioning(versioning: VersioningOptions | undefined): void {
  if (versioning === undefined) return;
  if (versioning.default !== undefined) checkVersion(versioning.default, 'HttpModule');
  if (versioning.by === 'path' && !/^[A-Za-z0-9._-]*$/.test(versioning.prefix ?? ''))
    throw HTTP_ERRORS.VERSIONING({
      subject: 'HttpModule',
      reason: `the prefix ${JSON.stringify(versioning.prefix)} cannot stand in a path`,
    });
  if (versioning.by === 'header' && !/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(versioning.name ?? 'x'))
    throw HTTP_ERRORS.VERSIONING({ subject: 'HttpModule', reason: `${JSON.stringify(versioning.name)} is no name of a header` });
}

function checkVersion(version: string, subject: string): void {
  if (version === 'neutral') throw HTTP_ERRORS.VERSIONING({ subject, reason: '"neutral" stands alone, for a route of all versions' });
  if (!wellFormed.test(version))
    throw HTTP_ERRORS.VERSIONING({
      subject,
      reason: `${JSON.stringify(version)} is no version: up to 32 letters, digits, ".", "_" and "-"`,
    });
}

/** `/v1` for a path; the segment of a version. */
export function versionSegment(versioning: VersioningOptions, version: string): string {
  return `/${versioning.by === 'path' ? (versioning.prefix ?? 'v') : ''}${version}`;
}
