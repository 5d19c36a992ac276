import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expectProblem, testApp } from '@plinth/testing';
import { AppModule } from '../src/app.module.ts';

test('a note that was added is listed', async () => {
  await using app = await testApp(AppModule).start();
  const added = await app.client.post('/notes', { json: { title: 'Buy milk' } });
  assert.equal(added.status, 201);
  assert.deepEqual(added.json(), { id: 1, title: 'Buy milk' });
  assert.deepEqual((await app.client.get('/notes')).json(), [{ id: 1, title: 'Buy milk' }]);
});

test('an empty title is refused, and a note that is not there is not found', async () => {
  await using app = await testApp(AppModule).start();
  expectProblem(await app.client.post('/notes', { json: { title: '' } }), { status: 422, code: 'HTTP_INVALID' });
  expectProblem(await app.client.get('/notes/7'), { status: 404, code: 'NOTE_NOT_FOUND' });
});
