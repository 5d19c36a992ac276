import { createDevelopment } from '../dev/development.js';
import { createHeadWriter } from '../reply/head-block.js';
import { createHosts } from '../request/hosts.js';
import { createBlocks } from '../security-headers/header-blocks.js';
import type { ServerParts } from './application-server.js';
import { lineWriterFor } from './line-text.js';
import { LoadWatch } from './load-watch.js';
import { createRequestIds } from './request-ids.js';
import { readRequestLines } from './request-lines.js';
import { DEFAULT_LIMITS, type ServerState } from './server-state.js';

/** What all requests of a server share, before its options were checked: nothing here throws. */
export function createState({ options, production, logger, log, identity }: ServerParts, publicUrl: URL | undefined): ServerState {
  const limits = { ...DEFAULT_LIMITS, ...definedOf(options.limits ?? {}) };
  return {
    production,
    nextId: createRequestIds(),
    logger,
    requestLog: options.requestLog === false ? null : log,
    lineWriter: options.requestLog === false ? null : lineWriterFor(log),
    lines: readRequestLines(),
    onError: options.onError ?? null,
    identity,
    sampled: options.trace?.sampled === true,
    openRequests: { first: null, count: 0 },
    trust: null,
    hosts: createHosts([]),
    cookieKeys: null,
    load: options.overload === false ? null : new LoadWatch(options.overload ?? {}, production),
    loadRefuser: null,
    vitalPaths: new Set(),
    security: createBlocks(options.securityHeaders, publicUrl)({}).api,
    requestIdHeader: options.requestIdHeader !== false,
    errorBody: options.errorBody,
    development: production ? null : createDevelopment(),
    limits,
    headWriter: createHeadWriter(limits.keepAliveTimeout),
    closing: false,
    draining: new AbortController(),
  };
}

function definedOf<T extends object>(object: T): T {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T;
}
