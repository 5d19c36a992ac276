/** The addresses that `HOST` names, separated by commas. */
export function hostsOf(host: string): readonly string[] {
  return host
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** The names of these addresses. A container in development listens on one of its own and is called by it; "any address" is no name. */
export function ownHosts(host: string): readonly string[] {
  return hostsOf(host).flatMap((name) => (name === '0.0.0.0' || name === '::' ? [] : [name.includes(':') ? `[${name}]` : name]));
}
