import type { RouteContext } from '../request/http-context.js';
import { readTraceParent, readTraceState } from '../request/trace-parent.js';
import { randomDigits } from './random-ids.js';

/** The span of a request in its trace (W3C Trace Context): the caller's trace, or one that begins here. */
export class Trace {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** The request's own span: 16 hexadecimal digits. What the request causes has it as its parent. */
  readonly spanId: string;
  /** The span of the caller; `undefined` where the trace begins here. */
  readonly parentId: string | undefined;
  /** 1 sampled, 2 random. */
  readonly flags: number;
  /** @internal As it came. */ readonly state: string | undefined;

  constructor(header: string | undefined, state: string | undefined, sampled: boolean) {
    const parent = header === undefined ? undefined : readTraceParent(header);
    this.traceId = parent === undefined ? randomDigits(32) : parent.traceId;
    this.spanId = randomDigits(16);
    this.parentId = parent?.parentId;
    this.flags = parent === undefined ? (sampled ? 1 : 0) : parent.flags;
    this.state = parent === undefined ? undefined : state;
  }

  /** What requests of ours send along, and what `traceresponse` says. */
  get traceparent(): string {
    return `00-${this.traceId}-${this.spanId}-0${this.flags}`;
  }

  /** The caller's `tracestate`, as far as it may be passed on. */
  get tracestate(): string | undefined {
    return readTraceState(this.state);
  }
}

/** The trace of a request, made when something first asks for it. */
export function traceOf(context: RouteContext): Trace {
  return (context.ownTrace ??= beginTrace(context));
}

function beginTrace({ request, server, traced }: RouteContext): Trace {
  // The map of headers is made when it is first read, which costs more than all the rest.
  if (!traced) return new Trace(undefined, undefined, server.sampled);
  const { traceparent, tracestate } = request.headers as { traceparent?: string; tracestate?: string };
  return new Trace(traceparent, tracestate, server.sampled);
}
