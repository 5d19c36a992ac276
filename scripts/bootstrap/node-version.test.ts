import { expect, test } from 'vitest';
import { isSupportedNode, nodePackage } from './node-version.mjs';

test.each(['22.19.0', '22.23.3', '24.11.0', '24.21.0', '26.0.0', '27.1.0'])('Node %s is supported', (version) => {
  expect(isSupportedNode(version)).toBe(true);
});

test.each(['18.20.0', '20.20.2', '22.18.0', '23.11.0', '24.10.0', '25.2.0'])('Node %s is not supported', (version) => {
  expect(isSupportedNode(version)).toBe(false);
});

test('there is no packaged Node for macOS', () => {
  expect(nodePackage('darwin', 'arm64')).toBeUndefined();
});
