import { createApp, Module, provideAlias, Injectable } from '@plinth/core';
import { guarded, HttpModule, type Guard } from '@plinth/http';
import { expect, test } from 'vitest';
import { AuthModule, bearer, session, USERS, type AuthUser } from '@plinth/auth';
import { appKey } from './support.js';

@Injectable({ deps: [] })
class People {
  findById(id: string): { id: string } {
    return { id };
  }
}

const env = { NODE_ENV: 'production', APP_HOSTS: 'api.example.com', APP_URL: 'https://api.example.com', LOG_LEVEL: 'warn' };
const Id = { type: 'string' } as const;

const start = async (guard: Guard<{ readonly user: AuthUser }>, more: Record<string, string> = {}): Promise<string> => {
  @Module({
    imports: [HttpModule, AuthModule.with()],
    providers: [People, provideAlias(USERS, People)],
    routes: [guarded(guard).get('/', { returns: Id }, ({ user }) => user.id)],
  })
  class Root {}
  let lines = '';
  const logger = { write: (line: string) => void (lines += line) };
  await using _app = await createApp(Root, { env: { ...env, ...more }, envFile: false, logger });
  return lines;
};

test('an application that signs tokens needs APP_KEY in production, and says so at boot', async () => {
  const error: unknown = await start(bearer()).catch((thrown: unknown) => thrown);
  expect(String(error)).toContain('APP_KEY');
  await start(bearer(), { APP_KEY: appKey() });
});

test('an application with sessions alone needs none, and is warned of sessions in memory', async () => {
  expect(await start(session)).toContain('sessions are kept in the memory of this process');
});
