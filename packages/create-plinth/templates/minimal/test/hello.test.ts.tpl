import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testApp } from '@plinth/testing';
import { AppModule } from '../src/app.module.ts';

test('greets by name', async () => {
  await using app = await testApp(AppModule).start();
  const response = await app.client.get('/hello/Ada');
  assert.equal(response.status, 200);
  assert.deepEqual(response.json(), { hello: 'Ada' });
});
