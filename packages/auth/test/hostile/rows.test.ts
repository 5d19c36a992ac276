import { Injectable } from '@plinth/core';
import { bigint, DataModule, defineMigration, table, text, uuid } from '@plinth/data';
import { describeDialect } from '@plinth/data/testing';
import { guarded, HttpModule, inject } from '@plinth/http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bearer, Tokens } from '@plinth/auth';
import { allowed, tablePolicy } from '@plinth/auth/data';
import { startAuth } from '../support.js';

const owned = { owner: text({ max: 40 }) };
const byText = table('hostile_by_text', { id: text({ max: 40 }).primary(), ...owned });
const byNumber = table('hostile_by_number', { id: bigint().primary(), ...owned });
const byUuid = table('hostile_by_uuid', { id: uuid().primary(), ...owned });
const create = defineMigration('2026_11_hostile_rows', {
  async up({ createTable }) {
    for (const each of [byText, byNumber, byUuid]) await createTable(each);
  },
});

interface User {
  readonly id: string;
}

@Injectable({ deps: [] })
class People {
  findById(id: string): User {
    return { id };
  }
}

const mine = { read: (user: User) => ({ owner: user.id }) };
const texts = tablePolicy({ name: 'text', table: byText })(mine);
const numbers = tablePolicy({ name: 'number', table: byNumber })(mine);
const uuids = tablePolicy({ name: 'uuid', table: byUuid })(mine);
const UUID = '0199f2a4-7a5e-7b3c-9d1e-2f3a4b5c6d7e';

await describeDialect('rows that a path names', { describe, test, beforeAll, afterAll }, (suite) => {
  test('an id of a path finds the row that it names and its owner may see, or nothing: 404, never 500, never another [AU-15]', async () => {
    const data = DataModule.with({ migrations: [create], migrate: 'start' });
    const user = bearer({ users: People });
    const returns = { type: 'string' } as const;
    await using app = await startAuth(
      { imports: [data] },
      {
        env: { DATABASE_URL: suite.database.url },
        module: {
          imports: [HttpModule.with({ rateLimit: false }), data],
          providers: [People],
          routes: [
            guarded(user, allowed(texts, 'read')).get('/text/:id', { returns }, ({ row }) => row.owner),
            guarded(user, allowed(numbers, 'read')).get('/number/:id', { returns }, ({ row }) => row.owner),
            guarded(user, allowed(uuids, 'read')).get('/uuid/:id', { returns }, ({ row }) => row.owner),
          ],
        },
      },
    );
    const database = suite.database.open({ migrations: [create] });
    await database
      .repository(byText)
      .insertMany(['ann', 'ANN', '1', 'é', "o'hara", '%'].map((id) => ({ id, owner: id === 'ann' ? 'ann' : 'bob' })));
    await database.repository(byNumber).insertMany([1n, 2n, 9007199254740993n].map((id) => ({ id, owner: id === 2n ? 'bob' : 'ann' })));
    await database.repository(byUuid).insert({ id: UUID, owner: 'ann' });
    await database.close();
    const get = async (path: string, id: string): Promise<number> => {
      const headers = { authorization: `Bearer ${(await app.get(Tokens).sign(id)).token}` };
      return (await inject(app, { url: path, headers })).status;
    };
    expect(await get('/text/ann', 'ann')).toBe(200);
    for (const id of [
      'ANN',
      'Ann',
      'ann%20',
      '%20ann',
      'an',
      'ann%25',
      '_nn',
      '1',
      '__proto__',
      'constructor',
      'e%CC%81',
      "o'hara",
      "ann'%20or%20'1'='1",
      'ann;--',
    ])
      expect([400, 404], id).toContain(await get(`/text/${id}`, 'ann'));
    // What the column cannot hold is a mistake of the client.
    expect(await get(`/text/${'x'.repeat(41)}`, 'ann')).toBe(422);
    for (const id of ['ANN', '1', '%C3%A9', "o'hara"]) expect(await get(`/text/${id}`, 'bob'), id).toBe(200);
    expect(await get('/number/1', 'ann')).toBe(200);
    expect(await get('/number/9007199254740993', 'ann'), 'no number of JavaScript is in between').toBe(200);
    for (const id of [
      '2',
      '9007199254740992',
      '01',
      '+1',
      '1.0',
      '1e0',
      '0x1',
      '1n',
      '-0',
      '١',
      '999999999999999999',
      '9999999999999999999',
      '1%20',
      ' ',
      'NaN',
      'null',
      'true',
    ])
      expect([400, 404], id).toContain(await get(`/number/${encodeURI(id)}`, 'ann'));
    expect(await get(`/uuid/${UUID}`, 'ann')).toBe(200);
    expect(await get(`/uuid/${UUID.toUpperCase()}`, 'ann'), 'the same UUID (RFC 9562, 4)').toBe(200);
    for (const id of [
      UUID.slice(1),
      `{${UUID}}`,
      `urn:uuid:${UUID}`,
      UUID.replaceAll('-', ''),
      `${UUID}%00`,
      `${UUID}%20`,
      UUID.replace(/e$/, 'f'),
      '*',
    ])
      expect([400, 404], id).toContain(await get(`/uuid/${id}`, 'ann'));
    expect(await get(`/uuid/${UUID}`, 'bob')).toBe(404);
  });
});
