export { fromMiddleware, type ConnectMiddleware, type MiddlewareNext, type MiddlewareOptions } from './from-middleware.js';
export { mountFetch, type FetchHandler } from './mount-fetch.js';
export { mountNode, type NodeHandler } from './mount-node.js';
export type { MountOptions } from './mount-options.js';
