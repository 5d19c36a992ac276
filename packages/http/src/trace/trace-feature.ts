import { defineFeature, type Station } from '../feature/http-feature.js';
import { traceOf } from './trace.js';

const tell: Station = (context) => context.setHeader('traceresponse', traceOf(context).traceparent);

/** Writes `traceresponse` (W3C Trace Context Level 2 draft, "traceresponse Header") on every answer but those of probes. */
export const traceFeature = defineFeature({
  name: 'trace',
  deps: [],
  setup: () => ({ route: ({ vital }) => (vital ? undefined : { early: tell }), miss: tell }),
});
