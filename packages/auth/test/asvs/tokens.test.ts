import { Tokens } from '@plinth/auth';
import { expect, test } from 'vitest';
import { appKey, startAuth } from '../support.js';

const invalid = { code: 'AUTH_TOKEN_INVALID' };

test('a token whose content or signature was changed in any part is refused', async () => {
  await using app = await startAuth();
  const tokens = app.get(Tokens);
  const { token } = await tokens.sign('7');
  const [header, payload, signature] = token.split('.') as [string, string, string];
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
  const other = Buffer.from(JSON.stringify({ ...claims, sub: '1' })).toString('base64url');
  const flipped = `${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
  for (const changed of [
    `${header}.${other}.${signature}`,
    `${header}.${payload}.${flipped}`,
    `${header}.${payload}.`,
    `${header}.${payload}`,
  ])
    await expect(tokens.verify(changed), changed).rejects.toMatchObject(invalid);
  expect(await tokens.verify(token)).toMatchObject({ subject: '7' });
});

test('a token of the same issuer and key for another audience is refused', async () => {
  const env = { APP_KEY: appKey() };
  const options = (audience: string) => ({ tokens: { issuer: 'https://id.example', audience } });
  await using shop = await startAuth(options('shop'), { env });
  await using bank = await startAuth(options('bank'), { env });
  const { token } = await shop.get(Tokens).sign('7');
  expect(await shop.get(Tokens).verify(token)).toMatchObject({ subject: '7' });
  await expect(bank.get(Tokens).verify(token)).rejects.toMatchObject(invalid);
});
