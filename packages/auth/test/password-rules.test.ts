import { readFile, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHash } from 'node:crypto';
import { createApp, Module, provide, provideValue } from '@plinth/core';
import { FETCH, FetchModule } from '@plinth/http/fetch';
import { expect, test } from 'vitest';
import { AuthModule, BREACHED_PASSWORDS, haveIBeenPwned, Passwords, type BreachedPasswords } from '@plinth/auth';
import { appKey, startAuth } from './support.js';

const asset = new URL('../src/password/assets/common-passwords.bin', import.meta.url);

const codeOf = (checked: Promise<unknown>): Promise<unknown> =>
  checked.then(
    () => 'accepted',
    (error: { code?: unknown }) => error.code ?? error,
  );

test.each([
  'passwordpassword', // on the list as it stands
  '1qaz2wsx3edc4rfv',
  'QwertyQwertyQwerty', // one of the list, repeated, in other letter case
  'sunshine12345678',
  '0000sunshine!!!!!!',
  'ＰＡＳＳＷＯＲＤ１２３４５６７８', // full-width letters
  '123456789012345',
  'aaaaaaaaaaaaaaa',
  'qwertyuiopasdfghjkl',
  'zzzz zzzz zzzz zzzz',
  'abcabcabcabcabc',
  'passwordpassword2026', // one word, once or more often, with a few digits and signs
  'Password!PASSWORD',
  'welcome123welcome!',
  'letmeinletmein1',
  'football!1987!!',
  '112233445566778899', // patterns that need no word
  'qqwweerrttyyuuii',
  '122333444455555',
  'q1w2e3r4t5y6u7i8',
  'A1B2C3D4E5F6G7H8',
  '1qaz2wsx3edc4rfv5tgb',
  'zaq12wsxCDE34RFV',
  '147258369147258',
  '13579246801357924',
])('a common password, or one made of it, is refused: %j [AU-09]', async (plain) => {
  await using app = await startAuth();
  expect(await codeOf(app.get(Passwords).hash(plain))).toBe('AUTH_PASSWORD_COMMON');
});

test('with eight characters allowed, the common ones of eight are refused; shorter ones are too short [AU-09]', async () => {
  await using app = await startAuth({ passwords: { minLength: 8 } });
  const passwords = app.get(Passwords);
  for (const plain of ['password', 'Password', 'trustno1', 'iloveyou', 'baseball']) {
    expect(await codeOf(passwords.check(plain)), plain).toBe('AUTH_PASSWORD_COMMON');
  }
  expect(await codeOf(passwords.check('dragon'))).toBe('AUTH_PASSWORD_TOO_SHORT');
});

test('an application whose accounts protect nothing may accept common ones; any other value stops it [AU-09]', async () => {
  await using app = await startAuth({ passwords: { minLength: 8, common: 'accept' } });
  await app.get(Passwords).check('password123');
  expect(() => AuthModule.with({ passwords: { common: 'never' as 'accept' } })).toThrow('passwords.common is never');
});

test('passphrases are accepted, though their words are common passwords [AU-09]', async () => {
  await using app = await startAuth();
  const passwords = app.get(Passwords);
  for (const plain of [
    'correct horse battery staple',
    'monkey dragon baseball',
    'пароль длинный очень',
    '密码密钥城堡河流山川天空海洋星',
    '%;)/&(=?!$+#*~>',
    'kX9$mQ2#vL5@nR8&',
    'my 1234 reasons to go',
    'monkey 83015947', // eight digits that have to be guessed
    'ninja-ninja-turtle-1',
    '4815162342 lost',
    'aabbccddzebras!',
    'bookkeeper balloon',
  ]) {
    expect(await codeOf(passwords.check(plain)), plain).toBe('accepted');
  }
});

test('the list is a file of at most 300 KB, and of 200,000 random texts at most five are taken for common ones [AU-09]', async () => {
  expect((await stat(asset)).size).toBeLessThanOrEqual(300_000);
  await using app = await startAuth();
  const passwords = app.get(Passwords);
  let refused = 0;
  // From a counter, so that it comes out the same each time; one in 200,000 and four looks at each: about two are expected.
  for (let number = 0; number < 200_000; number += 1) {
    const plain = createHash('sha256').update(`random ${number}`).digest('base64');
    if ((await codeOf(passwords.check(plain))) !== 'accepted') refused += 1;
  }
  expect(refused).toBeLessThanOrEqual(5);
}, 120_000);

test('the licence of the list lies beside it', async () => {
  const notice = await readFile(new URL('NOTICE', asset), 'utf8');
  expect(notice).toContain('@zxcvbn-ts/language-common');
  expect(notice).toContain('Permission is hereby granted, free of charge');
});

test('a password of words that belong to the service or the account is refused [AU-09]', async () => {
  await using app = await startAuth({ passwords: { contextWords: ['Acme Rockets'] } }, { env: { APP_NAME: 'Plimsoll' } });
  const passwords = app.get(Passwords);
  const options = { context: ['ada.lovelace@example.com', 'Ada', ''] };
  for (const plain of [
    'acmerocketsacme',
    'Acme Rockets 2026!',
    'plimsoll_plimsoll',
    'ada.lovelace1815',
    'Lovelace@Example1',
    'plimsollpassword',
    'acmerockets-k7x2q9',
  ]) {
    expect(await codeOf(passwords.hash(plain, options)), plain).toBe('AUTH_PASSWORD_CONTEXT');
  }
  for (const plain of ['acme is a dull place to work', 'the canada goose flies', 'ada likes green tea'])
    expect(await codeOf(passwords.check(plain, options)), plain).toBe('accepted');
  expect(await codeOf(passwords.check('ada.lovelace1815'))).toBe('accepted');
});

test('options of context words that say nothing are refused', () => {
  expect(() => AuthModule.with({ passwords: { contextWords: ['acme', ' '] } })).toThrow(expect.objectContaining({ code: 'AUTH_OPTIONS' }));
  for (const options of [{ threshold: 0 }, { threshold: 1.5 }, { timeout: 0 }, { url: '/range/' }, { url: 'https://example.com/range' }])
    expect(() => haveIBeenPwned(FETCH, options)).toThrow(expect.objectContaining({ code: 'AUTH_OPTIONS' }));
});

test('a breached password is refused, by a source of your own too, and no message holds it [AU-09]', async () => {
  const breached: BreachedPasswords = { has: async (plain) => plain === 'seen in a breach once' };
  await using app = await startAuth({ passwords: { breached: provideValue(BREACHED_PASSWORDS, breached) } });
  const passwords = app.get(Passwords);
  const error: unknown = await passwords.hash('seen in a breach once').catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'AUTH_PASSWORD_BREACHED', kind: 'invalid' });
  expect(JSON.stringify(error)).not.toContain('once');
  expect(await codeOf(passwords.hash('never seen anywhere'))).toBe('accepted');
});

test('Have I Been Pwned is told five digits of the hash, and padding is asked for [AU-09]', async () => {
  const requests: { url: string | undefined; padding: unknown }[] = [];
  const hash = createHash('sha1').update('seen in a breach once').digest('hex').toUpperCase();
  const padded = createHash('sha1').update('padding is no breach').digest('hex').toUpperCase();
  await using server = await rangeServer((url, headers) => {
    requests.push({ url, padding: headers['add-padding'] });
    return [200, [`0018A45C4D1DEF81644B54AB7F969B88D65:1`, `${hash.slice(5)}:7`, `${padded.slice(5)}:0`].join('\r\n')];
  });
  await using started = await startWithRanges(server.port);
  expect(await codeOf(started.passwords.check('seen in a breach once'))).toBe('AUTH_PASSWORD_BREACHED');
  expect(await codeOf(started.passwords.check('padding is no breach'))).toBe('accepted');
  expect(await codeOf(started.passwords.check('too short'))).toBe('AUTH_PASSWORD_TOO_SHORT');
  expect(requests).toEqual([hash, padded].map((each) => ({ url: `/range/${each.slice(0, 5)}`, padding: 'true' })));
});

test('where Have I Been Pwned does not answer, the password is accepted, and a line of the log says so, without any of its hash', async () => {
  await using server = await rangeServer(() => [503, 'no']);
  await using started = await startWithRanges(server.port);
  expect(await codeOf(started.passwords.check('seen in a breach once'))).toBe('accepted');
  expect(started.lines()).toContain('breached passwords could not be looked up');
  expect(started.lines()).toContain('AUTH_BREACHED_UNAVAILABLE');
  const hash = createHash('sha1').update('seen in a breach once').digest('hex').toUpperCase();
  expect(started.lines()).not.toContain(hash.slice(0, 5));
  await server.close();
  expect(await codeOf(started.passwords.check('seen in a breach twice'))).toBe('accepted');
  expect(started.lines()).toContain('HTTP_FETCH_FAILED');
});

async function startWithRanges(port: number) {
  let lines = '';
  const url = `http://127.0.0.1:${port}/range/`;
  const fetch = FetchModule.with({ allowPrivate: ['127.0.0.1'], ports: [port], retry: false });
  @Module({
    imports: [fetch, AuthModule.with({ passwords: { breached: haveIBeenPwned(FETCH, { url }) } })],
    providers: [provide(Needs, { deps: [Passwords] })],
  })
  class Root {}
  const app = await createApp(Root, {
    env: { APP_KEY: appKey(), LOG_LEVEL: 'warn' },
    envFile: false,
    logger: { write: (line: string) => void (lines += line) },
  });
  return { passwords: app.get(Passwords), lines: () => lines, [Symbol.asyncDispose]: () => app[Symbol.asyncDispose]() };
}

class Needs {
  constructor(readonly passwords: Passwords) {}
}

type Headers = Readonly<Record<string, string | string[] | undefined>>;

async function rangeServer(answer: (url: string | undefined, headers: Headers) => readonly [number, string]) {
  const server = createServer((request, response) => {
    const [status, body] = answer(request.url, request.headers);
    response.writeHead(status, { 'content-type': 'text/plain' }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { port: (server.address() as AddressInfo).port, close, [Symbol.asyncDispose]: close };
}
