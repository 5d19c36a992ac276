import { expect, test } from 'vitest';
import { readAsset } from './assets.js';

test('a file of the page is read once and has an entity tag', async () => {
  const css = await readAsset('swagger-ui.css');
  expect(css.etag).toMatch(/^"[\w-]{22}"$/);
  expect(await readAsset('swagger-ui.css')).toBe(css);
});

test('the files of the page fetch nothing from elsewhere', async () => {
  const { text } = await readAsset('swagger-ui.css');
  expect([...text.matchAll(/url\(["']?([^)"']{0,20})/g)].map(([, url]) => url!).filter((url) => !url.startsWith('data:'))).toEqual([]);
  expect(text).not.toContain('@import');
});

test('a file that is not there is named', async () => {
  await expect(readAsset('missing.js' as never)).rejects.toMatchObject({
    code: 'OPENAPI_ASSET',
    message: expect.stringContaining('missing.js'),
  });
});
