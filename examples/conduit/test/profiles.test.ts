import { expectQueries } from '@plinth/data/testing';
import { expect, test } from 'vitest';
import { answerOf, describeConduit, refusal } from './support.js';

await describeConduit('profiles', (conduit) => {
  test('anybody sees a profile, without address and password', async () => {
    await conduit().register('seen');
    const response = await conduit().request('GET', '/profiles/seen');
    expect(response.status).toBe(200);
    expect(response.json()).toEqual({ profile: { username: 'seen', bio: null, image: null, following: false } });
  });

  test('following and unfollowing show in the profile, to the follower only; twice is once', async () => {
    const reader = await conduit().register('reader');
    const other = await conduit().register('other');
    await conduit().register('writer');
    const profile = (following: boolean) => ({ profile: { username: 'writer', bio: null, image: null, following } });
    for (let time = 0; time < 2; time += 1) {
      const followed = await conduit().request('POST', '/profiles/writer/follow', { token: reader });
      expect(followed.status).toBe(200);
      expect(followed.json()).toEqual(profile(true));
    }
    expect((await conduit().request('GET', '/profiles/writer', { token: reader })).json()).toEqual(profile(true));
    expect((await conduit().request('GET', '/profiles/writer', { token: other })).json()).toEqual(profile(false));
    expect((await conduit().request('GET', '/profiles/writer')).json()).toEqual(profile(false));
    for (let time = 0; time < 2; time += 1) {
      const unfollowed = await conduit().request('DELETE', '/profiles/writer/follow', { token: reader });
      expect(unfollowed.status).toBe(200);
      expect(unfollowed.json()).toEqual(profile(false));
    }
    expect((await conduit().request('GET', '/profiles/writer', { token: reader })).json()).toEqual(profile(false));
  });

  test('a profile that is not there is not found, signed in or not', async () => {
    const token = await conduit().register('searching');
    for (const [method, path] of [
      ['GET', ''],
      ['POST', '/follow'],
      ['DELETE', '/follow'],
    ] as const) {
      expect(answerOf(await conduit().request(method, `/profiles/nobody${path}`, { token }))).toEqual(
        refusal(404, { profile: ['not found'] }),
      );
    }
    expect(answerOf(await conduit().request('GET', '/profiles/nobody'))).toEqual(refusal(404, { profile: ['not found'] }));
    expect(answerOf(await conduit().request('GET', '/profiles/SEARCHING'))).toEqual(refusal(404, { profile: ['not found'] }));
  });

  test('nobody follows without a token, and a bad token is refused also where none is needed', async () => {
    await conduit().register('guarded');
    expect(answerOf(await conduit().request('POST', '/profiles/guarded/follow'))).toEqual(refusal(401, { token: ['is missing'] }));
    expect(answerOf(await conduit().request('DELETE', '/profiles/guarded/follow'))).toEqual(refusal(401, { token: ['is missing'] }));
    expect(answerOf(await conduit().request('GET', '/profiles/guarded', { token: 'x.y.z' }))).toEqual(
      refusal(401, { token: ['is invalid'] }),
    );
  });

  test('a user name with spaces and letters of any script is found by its encoded path', async () => {
    await conduit().request('POST', '/users', {
      json: { user: { username: 'Žofie Nová', email: 'zofie@example.com', password: 'long enough' } },
    });
    const response = await conduit().request('GET', `/profiles/${encodeURIComponent('Žofie Nová')}`);
    expect(response.json()).toMatchObject({ profile: { username: 'Žofie Nová' } });
  });

  test('a profile takes one query, and three for somebody who is signed in', async () => {
    const token = await conduit().register('counted');
    await expectQueries(conduit().database, 1, () => conduit().request('GET', '/profiles/counted'));
    await expectQueries(conduit().database, 3, () => conduit().request('GET', '/profiles/counted', { token }));
  });
});
