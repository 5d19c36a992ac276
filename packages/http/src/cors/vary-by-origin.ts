import type { BlocksOf } from '../security-headers/header-blocks.js';
import type { CorsOptions } from './cors-options.js';

/**
 * Adds `Vary: Origin` to the constant headers of routes whose answers depend on the origin, so that no cache gives one site's answer
 * to another, and requests without an origin pay nothing.
 */
export function varyByOrigin(blocksOf: BlocksOf, server: CorsOptions | undefined): BlocksOf {
  return (contract) => {
    const blocks = blocksOf(contract);
    const { cors } = contract;
    if (cors === false || (server === undefined && cors === undefined)) return blocks;
    const { origins } = { ...server, ...cors };
    if (Array.isArray(origins) && origins.includes('*')) return blocks;
    return { ...blocks, api: [...blocks.api, 'Vary', 'Origin'], document: [...blocks.document, 'Vary', 'Origin'] };
  };
}
