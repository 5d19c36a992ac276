import type { HttpOptions } from '../server/http-options.js';
import type { HttpFeature } from './http-feature.js';

/** The features of a server in the order in which they run, as its options say. */
export function featuresOf(_options: HttpOptions): readonly HttpFeature[] {
  return [];
}
