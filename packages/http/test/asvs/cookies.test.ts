import { get, inject } from '@plinth/http';
import { expect, test } from 'vitest';
import { build } from '../support/serve.js';

/** The attributes of a cookie that was set without a word about them. */
async function attributes(): Promise<readonly string[]> {
  await using server = await build({
    routes: [get('/', { open: true }, (context) => void context.setCookie('theme', 'dark'))],
  });
  const line = String((await inject(server.app, { url: '/' })).headers['set-cookie']);
  expect(line).toMatch(/^theme=dark; /);
  return line.split('; ').slice(1);
}

test('a cookie is sent over https only, unless its author says otherwise', async () => expect(await attributes()).toContain('Secure'));

test('a cookie is not sent with requests that other sites make, unless its author says otherwise', async () =>
  expect(await attributes()).toContain('SameSite=Lax'));

test('a cookie cannot be read by scripts, unless its author says otherwise', async () => expect(await attributes()).toContain('HttpOnly'));

test('a cookie goes to the host that has set it alone, unless its author says otherwise', async () =>
  expect((await attributes()).filter((one) => /^domain=/i.test(one))).toEqual([]));
