import type { Probe } from './probe.js';
import { BODY_PROBES } from './probes-body.js';
import { FRAMING_PROBES } from './probes-framing.js';
import { HEADER_PROBES } from './probes-headers.js';
import { PATH_PROBES } from './probes-path.js';
import { REQUEST_LINE_PROBES } from './probes-request-line.js';

/** The whole table: what is added to one of its parts is sent by `hostile-requests.test.ts`. `server.ts` says what it is sent to. */
export const PROBES: readonly Probe[] = [...REQUEST_LINE_PROBES, ...HEADER_PROBES, ...FRAMING_PROBES, ...PATH_PROBES, ...BODY_PROBES];
