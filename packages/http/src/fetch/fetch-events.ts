import diagnostics from 'node:diagnostics_channel';

/** What subscribers of `plinth:http.fetch` get. Neither path nor query: they hold secrets and are no labels. */
export interface FetchEvent {
  /** `request`: one is answered or given up; `retry`: it is tried again; `open` and `closed`: the circuit of a host. */
  readonly type: 'request' | 'retry' | 'open' | 'closed';
  readonly host: string;
  readonly method?: string;
  /** 0 where no answer came. */
  readonly status?: number;
  /** Milliseconds until the head of the answer. */
  readonly duration?: number;
  readonly error?: unknown;
}

const channel = diagnostics.channel('plinth:http.fetch');

/** Tells subscribers; costs nothing without them. */
export function publishFetch(event: FetchEvent): void {
  if (channel.hasSubscribers) channel.publish(event);
}
