/** How requests take part in traces (W3C Trace Context). */
export interface TraceOptions {
  /** Whether answers say their trace and span in the header `traceresponse`. Default false. */
  readonly response?: boolean;
  /** Whether traces that begin here are marked as sampled, which asks those that are called to record them. Default false. */
  readonly sampled?: boolean;
}
