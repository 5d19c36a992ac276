import type { Listening } from './listen.js';

/** Where a person finds a server: its URL, or `unix:` and the path of its socket. */
export function urlOf({ host, port, path }: Listening, scheme: string): string {
  if (path !== undefined) return `unix:${path}`;
  const shown = host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return `${scheme}://${shown}:${port}`;
}
