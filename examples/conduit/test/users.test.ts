import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { users } from '../src/users/users.table.js';
import { answerOf, describeConduit, refusal } from './support.js';

const password = 'a good password';

await describeConduit('users', (conduit) => {
  test('somebody registers, signs in, and is shown the account', async () => {
    const ada = { username: 'ada', email: 'ada@example.com' };
    const registered = await conduit().request('POST', '/users', { json: { user: { ...ada, password } } });
    expect(registered.status).toBe(201);
    const shown = { user: { ...ada, bio: null, image: null, token: expect.any(String) } };
    expect(registered.json()).toEqual(shown);
    const signedIn = await conduit().request('POST', '/users/login', { json: { user: { email: ada.email, password } } });
    expect(signedIn.status).toBe(200);
    expect(signedIn.json()).toEqual(shown);
    const { token } = (signedIn.json() as { user: { token: string } }).user;
    const current = await conduit().request('GET', '/user', { token });
    expect(current.status).toBe(200);
    expect(current.json()).toEqual({ user: { ...ada, bio: null, image: null, token } });
  });

  test('no password is stored, only its argon2id hash', async () => {
    await conduit().register('hashed');
    const user = await conduit().database.repository(users).findOne({ username: 'hashed' });
    expect(user!.passwordHash).toMatch(/^\$argon2id\$/);
  });

  test('every field of a registration that is missing, empty or blank is named', async () => {
    const blank = ["can't be blank"];
    const all = { username: blank, email: blank, password: blank };
    for (const user of [{}, { username: '', email: '', password: '' }, { username: null, email: null, password: null }]) {
      const response = await conduit().request('POST', '/users', { json: { user } });
      expect(response.status).toBe(422);
      const { errors } = response.json() as { errors: Record<string, string[]> };
      expect(Object.keys(errors).sort()).toEqual(Object.keys(all).sort());
      for (const sentences of Object.values(errors)) expect(sentences[0]).toBe("can't be blank");
    }
    expect(answerOf(await conduit().request('POST', '/users', { json: {} }))).toEqual(refusal(422, { user: blank }));
  });

  test('a password of seven characters is too short, one of eight is not', async () => {
    const user = { username: 'short', email: 'short@example.com' };
    const refused = await conduit().request('POST', '/users', { json: { user: { ...user, password: 'seven77' } } });
    expect(answerOf(refused)).toEqual(refusal(422, { password: ['The password has 7 characters; at least 8 are needed.'] }));
    expect((await conduit().request('POST', '/users', { json: { user: { ...user, password: 'wry-plum' } } })).status).toBe(201);
  });

  test('a user name that would mean something in a path is refused', async () => {
    for (const username of ['a/b', '../b', '%2e', 'a?b', ' leading', 'trailing ', 'tab\t', 'no-break\u00a0', '   ']) {
      const response = await conduit().request('POST', '/users', { json: { user: { username, email: 'path@example.com', password } } });
      expect(answerOf(response)).toEqual(refusal(422, { username: ['is invalid'] }));
    }
    const nul = await conduit().request('POST', '/users', {
      json: { user: { username: 'a\u0000b', email: 'path@example.com', password } },
    });
    expect(nul.status).toBe(400);
  });

  test('a user name or address that somebody has is a conflict, whatever the letter case or form', async () => {
    await conduit().register('taken');
    const taken = ['has already been taken'];
    const register = (username: string, email: string) =>
      conduit().request('POST', '/users', { json: { user: { username, email, password } } });
    expect(answerOf(await register('taken', 'free@example.com'))).toEqual(refusal(409, { username: taken }));
    expect(answerOf(await register('free', 'taken@example.com'))).toEqual(refusal(409, { email: taken }));
    expect(answerOf(await register('free', 'TAKEN@example.com'))).toEqual(refusal(409, { email: taken }));
    expect(answerOf(await register('taken', 'taken@example.com'))).toEqual(refusal(409, { username: taken, email: taken }));
    for (const name of ['Taken', 'TAKEN', '\uff54aken', 'ta\u212aen'])
      expect(answerOf(await register(name, 'free@example.com')), name).toEqual(refusal(409, { username: taken }));
    expect((await register('two words', 'two@example.com')).status).toBe(201);
    expect(answerOf(await register('Two  words', 'free@example.com'))).toEqual(refusal(409, { username: taken }));
    const token = await conduit().register('renamed');
    expect(answerOf(await conduit().request('PUT', '/user', { token, json: { user: { username: 'tAKEN' } } }))).toEqual(
      refusal(409, { username: taken }),
    );
    expect((await conduit().request('PUT', '/user', { token, json: { user: { username: 'Renamed' } } })).status).toBe(200);
  });

  test('of ten registrations of one name at the same time one succeeds and nine are conflicts', async () => {
    const json = { user: { username: 'race', email: 'race@example.com', password } };
    const responses = await Promise.all(Array.from({ length: 10 }, () => conduit().request('POST', '/users', { json })));
    expect(responses.filter((response) => response.status === 201)).toHaveLength(1);
    expect(responses.filter((response) => response.status === 409)).toHaveLength(9);
  });

  test('an unknown address and a wrong password get the same answer', async () => {
    await conduit().register('known');
    for (const user of [
      { email: 'known@example.com', password: 'wrong password' },
      { email: 'unknown@example.com', password },
    ]) {
      expect(answerOf(await conduit().request('POST', '/users/login', { json: { user } }))).toEqual(
        refusal(401, { credentials: ['invalid'] }),
      );
    }
  });

  test('a sign-in without address or password is invalid', async () => {
    const blank = ["can't be blank"];
    expect(answerOf(await conduit().request('POST', '/users/login', { json: { user: { email: '', password } } }))).toEqual(
      refusal(422, { email: blank }),
    );
    expect(answerOf(await conduit().request('POST', '/users/login', { json: { user: { email: 'a@example.com', password: '' } } }))).toEqual(
      refusal(422, { password: blank }),
    );
  });

  test('without a token, with a forged one, or with another scheme nobody gets in', async () => {
    const token = await conduit().register('careful');
    for (const method of ['GET', 'PUT']) {
      expect(answerOf(await conduit().request(method, '/user', method === 'PUT' ? { json: { user: { bio: 'x' } } } : {}))).toEqual(
        refusal(401, { token: ['is missing'] }),
      );
    }
    const [header, payload] = token.split('.');
    const forged = `${header}.${payload}.${createHmac('sha256', 'guess').update(`${header}.${payload}`).digest('base64url')}`;
    expect(answerOf(await conduit().request('GET', '/user', { token: forged }))).toEqual(refusal(401, { token: ['is invalid'] }));
    expect(answerOf(await conduit().request('GET', '/user', { headers: { authorization: `Bearer ${token}` } }))).toEqual(
      refusal(401, { token: ['is missing'] }),
    );
  });

  test('each field of the account can be changed alone, and empty texts count as none', async () => {
    const token = await conduit().register('changing');
    const change = async (user: object): Promise<unknown> => {
      const response = await conduit().request('PUT', '/user', { token, json: { user } });
      expect(response.status).toBe(200);
      return (response.json() as { user: unknown }).user;
    };
    expect(await change({ bio: 'I write.' })).toMatchObject({ username: 'changing', bio: 'I write.', image: null });
    expect(await change({ image: 'https://example.com/me.png' })).toMatchObject({ bio: 'I write.', image: 'https://example.com/me.png' });
    expect(await change({ bio: '', image: null })).toMatchObject({ bio: null, image: null });
    expect(await change({ username: 'changed', email: 'changed@example.com' })).toMatchObject({
      username: 'changed',
      email: 'changed@example.com',
    });
    expect((await conduit().request('GET', '/user', { token })).json()).toMatchObject({
      user: { username: 'changed', email: 'changed@example.com', bio: null },
    });
  });

  test('a changed password is the one that signs in', async () => {
    const token = await conduit().register('renewing');
    expect((await conduit().request('PUT', '/user', { token, json: { user: { password: 'another password' } } })).status).toBe(200);
    const signIn = (given: string) =>
      conduit().request('POST', '/users/login', { json: { user: { email: 'renewing@example.com', password: given } } });
    expect((await signIn('another password')).status).toBe(200);
    expect((await signIn('password of eight or more')).status).toBe(401);
  });

  test('one may keep the own name and address, but not take those of somebody else', async () => {
    const token = await conduit().register('mine');
    await conduit().register('theirs');
    expect(
      (await conduit().request('PUT', '/user', { token, json: { user: { username: 'mine', email: 'mine@example.com' } } })).status,
    ).toBe(200);
    expect(answerOf(await conduit().request('PUT', '/user', { token, json: { user: { username: 'theirs' } } }))).toEqual(
      refusal(409, { username: ['has already been taken'] }),
    );
    expect(answerOf(await conduit().request('PUT', '/user', { token, json: { user: { email: 'Theirs@example.com' } } }))).toEqual(
      refusal(409, { email: ['has already been taken'] }),
    );
  });

  test('name, address and password cannot be emptied, and a change must change something', async () => {
    const token = await conduit().register('emptying');
    for (const field of ['username', 'email', 'password']) {
      for (const value of ['', null]) {
        const response = await conduit().request('PUT', '/user', { token, json: { user: { [field]: value } } });
        expect(response.status, `${field} ${value}`).toBe(422);
        expect((response.json() as { errors: Record<string, string[]> }).errors[field]![0]).toBe("can't be blank");
      }
    }
    expect((await conduit().request('PUT', '/user', { token, json: { user: {} } })).status).toBe(422);
  });

  test('fields that the specification does not know are ignored, and change nothing', async () => {
    const token = await conduit().register('assigning');
    const json = { user: { bio: 'x', id: 'another', passwordHash: 'x', token: 'x', createdAt: 0 } };
    expect((await conduit().request('PUT', '/user', { token, json })).status).toBe(200);
    const user = await conduit().database.repository(users).findOne({ username: 'assigning' });
    expect(user!.passwordHash).toMatch(/^\$argon2id\$/);
    expect((await conduit().request('GET', '/user', { token })).status).toBe(200);
  });

  test('the token of an account that was deleted is worth nothing', async () => {
    const token = await conduit().register('leaving');
    await conduit().database.repository(users).deleteMany({ username: 'leaving' });
    expect(answerOf(await conduit().request('GET', '/user', { token }))).toEqual(refusal(401, { token: ['is invalid'] }));
  });
});
