import { DATABASE } from '@plinth/data';
import { describeDialect } from '@plinth/data/testing';
import { testApp } from '@plinth/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AppModule } from '../src/app.module.js';
import { DEMO } from '../src/conduit.config.js';
import { Demo } from '../src/database/demo.js';
import { users } from '../src/users/users.table.js';

await describeDialect('the demo data', { describe, test, beforeAll, afterAll }, (suite) => {
  const start = (demo: boolean) =>
    testApp(AppModule)
      .env({ DATABASE_URL: suite.database.url, CONDUIT_DEMO: String(demo) })
      .start();

  test('is not there unless it is asked for', async () => {
    await using app = await start(false);
    expect(app.get(Demo).account).toBeUndefined();
    expect(await app.get(DATABASE).repository(users).count()).toBe(0);
  });

  test('is an account that can sign in and three articles, also after a second start', async () => {
    for (let time = 0; time < 2; time += 1) {
      await using app = await start(true);
      expect(app.get(Demo).account).toEqual(DEMO);
      const signedIn = await app.client.post('/api/users/login', { json: { user: { email: DEMO.email, password: DEMO.password } } });
      expect(signedIn.status).toBe(200);
      expect((await app.client.get('/api/articles')).json()).toMatchObject({ articlesCount: 3 });
    }
  });

  test('is not promised where the database has other users', async () => {
    {
      await using app = await start(false);
      await app.get(DATABASE).repository(users).deleteMany({ all: true });
      const user = { username: 'first', email: 'first@example.com', password: 'long enough' };
      expect((await app.client.post('/api/users', { json: { user } })).status).toBe(201);
    }
    await using app = await start(true);
    expect(app.get(Demo).account).toBeUndefined();
    expect(await app.get(DATABASE).repository(users).count()).toBe(1);
  });
});
