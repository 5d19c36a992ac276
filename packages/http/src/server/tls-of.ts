import type { ValueOfConfig } from '@plinth/core';
import type { HTTP_CONFIG } from './http-config.js';
import type { TlsOptions } from './tls.js';

/** Certificate and key, if there are any. The environment stands over the code: it knows where the files are. */
export function tlsOf(options: TlsOptions | undefined, { tlsCert, tlsKey }: ValueOfConfig<typeof HTTP_CONFIG>): TlsOptions | undefined {
  if (tlsCert === '' && tlsKey === undefined) return options;
  return { ...options, ...(tlsCert !== '' && { cert: tlsCert }), ...(tlsKey !== undefined && { key: tlsKey.reveal() }) };
}
