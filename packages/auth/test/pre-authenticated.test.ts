import { once } from 'node:events';
import { request } from 'node:http';
import { Injectable, REQUEST_CONTEXT, type App } from '@plinth/core';
import { guarded, HTTP_SERVER, HttpModule } from '@plinth/http';
import { expect, test } from 'vitest';
import { preAuthenticated } from '@plinth/auth';
import { startTokens } from './token-support.js';

@Injectable({ deps: [] })
class Staff {
  findById(id: string): { id: string } | undefined {
    return id === 'ann' ? { id } : undefined;
  }
}

const Text = { type: 'string' } as const;
const staff = (proxies: readonly [string, ...string[]]) => guarded(preAuthenticated({ header: 'X-Remote-User', proxies, users: Staff }));
const start = (...proxies: [string, ...string[]]): Promise<App> =>
  startTokens(
    {},
    {
      env: { PORT: '0', HOST: '127.0.0.1' },
      module: {
        imports: [HttpModule.with({ trust: 'loopback' })],
        providers: [Staff],
        routes: [
          staff(proxies).get('/', { returns: Text }, (_context, contexts) => String(contexts.current()?.actor), {
            deps: [REQUEST_CONTEXT],
          }),
          staff(proxies).post('/', { returns: Text }, ({ user }) => user.id),
        ],
      },
    },
  );

// Through a socket: what counts is the address at its other end.
async function ask(app: App, headers: Record<string, string | string[]>, method = 'GET'): Promise<{ status: number; body: unknown }> {
  const { host, port } = app.get(HTTP_SERVER).address()!;
  const sent = request({ host, port, method, headers, path: '/' }).end();
  const [answer] = (await once(sent, 'response')) as [import('node:http').IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  return { status: answer.statusCode!, body: JSON.parse(Buffer.concat(chunks).toString()) as unknown };
}

test('the user whom a named proxy has signed in is let in [AU-06]', async () => {
  for (const proxies of [['127.0.0.1'], ['10.0.0.0/8', '127.0.0.0/8']] as [string, ...string[]][]) {
    await using app = await start(...proxies);
    expect(await ask(app, { 'x-remote-user': 'ann' })).toEqual({ status: 200, body: 'ann' });
  }
});

test('the header of anybody else is nothing, whatever forwarded headers say [AU-06]', async () => {
  await using app = await start('10.0.0.5', 'fd00::/8');
  for (const headers of [{ 'x-remote-user': 'ann' }, { 'x-remote-user': 'ann', 'x-forwarded-for': '10.0.0.5' }, {}] as Record<
    string,
    string
  >[]) {
    expect(await ask(app, headers)).toMatchObject({ status: 401, body: { code: 'HTTP_NO_CREDENTIAL' } });
  }
});

test('a header that is there twice, empty or too long names nobody, and neither does an unknown user [AU-06]', async () => {
  await using app = await start('127.0.0.1');
  for (const value of [['ann', 'eve'], ['ann', 'ann'], '', 'x'.repeat(256), 'eve'])
    expect(await ask(app, { 'x-remote-user': value }), String(value).slice(0, 20)).toMatchObject({
      status: 401,
      body: { code: 'HTTP_UNAUTHENTICATED' },
    });
  expect(await ask(app, {})).toMatchObject({ status: 401, body: { code: 'HTTP_NO_CREDENTIAL' } });
});

test('an unsafe request must come from this site, since the proxy knows the user by a cookie or the like [AU-14]', async () => {
  await using app = await start('127.0.0.1');
  const headers = { 'x-remote-user': 'ann', 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };
  expect(await ask(app, headers, 'POST')).toMatchObject({ status: 403, body: { code: 'HTTP_CROSS_SITE' } });
  expect(await ask(app, { 'x-remote-user': 'ann' }, 'POST')).toMatchObject({ status: 403, body: { code: 'HTTP_CROSS_SITE' } });
  expect(await ask(app, { 'x-remote-user': 'ann', 'sec-fetch-site': 'same-origin' }, 'POST')).toMatchObject({ status: 200 });
});

test('proxies that are everybody, nobody or no addresses are refused where they are written', () => {
  for (const proxies of [[], ['*'], ['0.0.0.0/0'], ['::/0'], ['10.0.0.0/33'], ['10.0.0.0/'], ['proxy.example'], ['10.0.0.1', '']])
    expect(() => staff(proxies as never), JSON.stringify(proxies)).toThrow(expect.objectContaining({ code: 'AUTH_OPTIONS' }));
  expect(() => preAuthenticated({ header: 'X User', proxies: ['10.0.0.1'], users: Staff })).toThrow(
    expect.objectContaining({ code: 'AUTH_OPTIONS' }),
  );
});
