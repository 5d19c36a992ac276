import { randomBytes } from 'node:crypto';
import { DATABASE, type Database } from '@plinth/data';
import { describeDialect, type DialectSuite } from '@plinth/data/testing';
import type { InjectResponse } from '@plinth/http';
import { testApp, type TestApp, type TestRequest } from '@plinth/testing';
import { afterAll, beforeAll, describe, test } from 'vitest';
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
    const answer = successOf(await this.request('POST', '/users', { json })) as { user: { token: string } };
    return answer.user.token;
  }

  /** Writes an article and gives its slug. */
  async write(token: string, article: { title: string; tagList?: readonly string[] }): Promise<string> {
    const json = { article: { description: 'about it', body: 'what it says', ...article } };
    const answer = successOf(await this.request('POST', '/articles', { token, json })) as { article: { slug: string } };
    return answer.article.slug;
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

/** What is judged of an answer. */
export interface Answer {
  readonly status: number;
  readonly type: unknown;
  readonly body: unknown;
}

/** The status, media type and JSON of an answer. */
export function answerOf(response: InjectResponse): Answer {
  return { status: response.status, type: response.headers['content-type'], body: response.json() };
}

/** The answer that the specification gives for errors. */
export function refusal(status: number, errors: Readonly<Record<string, unknown>>): Answer {
  return { status, type: 'application/json; charset=utf-8', body: { errors } };
}

function successOf(response: InjectResponse): unknown {
  if (response.status >= 300) throw new Error(`${response.status} ${response.text()}`);
  return response.json();
}
