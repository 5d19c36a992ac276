import { randomBytes } from 'node:crypto';
import { DATABASE, type Database } from '@plinth/data';
import { describeDialect, type DialectSuite } from '@plinth/data/testing';
import type { InjectResponse } from '@plinth/http';
import { testApp, type TestApp, type TestRequest } from '@plinth/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AppModule } from '../src/app.module.js';

/** Conduit with an empty database, and what tests do with it all the time. */
export class Conduit {
  readonly app: TestApp;

  constructor(app: TestApp) {
    this.app = app;
  }

  get database(): Database {
    return this.app.get(DATABASE);
  }

  /** A request, as the user with this token or as nobody. */
  request(method: string, path: string, { token, ...request }: TestRequest & { token?: string | undefined } = {}): Promise<InjectResponse> {
    const headers = { ...request.headers, ...(token !== undefined && { authorization: `Token ${token}` }) };
    return this.app.client.request(method, `/api${path}`, { ...request, headers });
  }

  /** Registers a user and gives the token. */
  async register(username: string): Promise<string> {
    const json = { user: { username, email: `${username}@example.com`, password: 'password of eight or more' } };
    const response = await this.request('POST', '/users', { json });
    expect(response.status).toBe(201);
    return (response.json() as { user: { token: string } }).user.token;
  }

  /** Writes an article and gives its slug. */
  async write(token: string, article: { title: string; tagList?: readonly string[] }): Promise<string> {
    const json = { article: { description: 'about it', body: 'what it says', ...article } };
    const response = await this.request('POST', '/articles', { token, json });
    expect(response.status).toBe(201);
    return (response.json() as { article: { slug: string } }).article.slug;
  }
}

/** The tests of one subject, on SQLite, PostgreSQL and MariaDB, each with a Conduit of its own. */
export async function describeConduit(subject: string, define: (conduit: () => Conduit, suite: DialectSuite) => void): Promise<void> {
  await describeDialect(subject, { describe, test, beforeAll, afterAll }, (suite) => {
    let conduit: Conduit;
    beforeAll(async () => {
      const env = { DATABASE_URL: suite.database.url, CONDUIT_DEMO: 'false', APP_KEY: randomBytes(32).toString('base64') };
      conduit = new Conduit(await testApp(AppModule).env(env).start());
    }, 30_000);
    afterAll(() => conduit.app.stop());
    define(() => conduit, suite);
  });
}

/** The answer has this status and exactly these errors. */
export function expectErrors(response: InjectResponse, status: number, errors: Record<string, unknown>): void {
  expect({ status: response.status, body: response.json() }).toEqual({ status, body: { errors } });
  expect(response.headers['content-type']).toBe('application/json; charset=utf-8');
}
