import { randomBytes } from 'node:crypto';
import {
  APP_KEY,
  configured,
  isDependency,
  type InventorySource,
  Module,
  type Provider,
  provideFactory,
  provideValue,
  readSecurityInventory,
  SECURITY_INVENTORY,
  token,
} from '@plinth/core';
import { expect, test } from 'vitest';
import { bootApp } from './_boot.js';

@Module({})
class Root {}

const rootOf = (...providers: Provider[]) => configured(Root, { providers });
const source = (value: InventorySource) => provideValue(SECURITY_INVENTORY, value, { many: true });
const entry = (section: string, name: string) => ({ section, name, facts: { tls: true } });

test('modules add to one list, sorted by section and name', async () => {
  const app = await bootApp(
    rootOf(
      source(() => [entry('ledger', 'main'), entry('connections', 'b')]),
      source(() => [entry('connections', 'a'), entry('keys', 'z')]),
    ),
  );
  expect(readSecurityInventory(app).map(({ section, name }) => `${section} ${name}`)).toEqual([
    'keys z',
    'connections a',
    'connections b',
    'ledger main',
  ]);
});

test('a source sees what the application has made, and causes nothing to be made', async () => {
  const MADE = token<string>('MADE');
  const UNUSED = token<string>('UNUSED');
  const ABSENT = token<string>('ABSENT');
  let created = false;
  const seen: unknown[] = [];
  const app = await bootApp(
    rootOf(
      provideValue(MADE, 'here'),
      provideFactory(UNUSED, {
        create: () => {
          created = true;
          return 'made';
        },
        whenNeeded: true,
      }),
      source((made) => {
        seen.push(made(MADE), made(UNUSED), made(ABSENT), made(APP_KEY));
        return [];
      }),
    ),
    { env: { NODE_ENV: 'production' } },
  );
  expect(seen).toEqual([]);
  expect(readSecurityInventory(app)).toEqual([]);
  expect(seen).toEqual(['here', undefined, undefined, undefined]);
  expect(created).toBe(false);
});

test('an error of a source is not swallowed', async () => {
  const app = await bootApp(
    rootOf(
      source(() => {
        throw new RangeError('broken');
      }),
    ),
  );
  expect(() => readSecurityInventory(app)).toThrow(new RangeError('broken'));
  const get = (dep: unknown): never => {
    if (isDependency(dep)) return [] as never;
    throw new RangeError('broken too');
  };
  expect(() => readSecurityInventory({ get })).toThrow(new RangeError('broken too'));
});

test('the application key is listed by ids of the current and the former keys, and what was derived, never by itself (ASVS 11.1.2)', async () => {
  const [first, second] = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64')];
  const user = provideFactory(token<Buffer>('USER'), { deps: [APP_KEY], create: (key) => key.derive('cookies') });
  const entryOf = async (keys: string) => readSecurityInventory(await bootApp(rootOf(user), { env: { APP_KEY: keys } }));
  const rotated = await entryOf(`${second},${first}`);
  expect(rotated).toMatchObject([
    {
      section: 'keys',
      name: 'APP_KEY',
      facts: { source: 'APP_KEY', derivation: 'HKDF-SHA-256', bits: 256, purposes: ['cookies'] },
    },
  ]);
  const { current, former } = rotated[0]!.facts;
  expect(current).toMatch(/^[\w-]{8}$/);
  expect((await entryOf(first))[0]!.facts).toMatchObject({ current: (former as string[])[0], former: [] });
  for (const key of [first, second]) expect(JSON.stringify(rotated)).not.toContain(key.slice(0, 8));
});

test('purposes without end do not fill the memory', async () => {
  const user = provideFactory(token<string>('USER'), {
    deps: [APP_KEY],
    create: (key) => {
      for (let index = 0; index < 1_000; index++) key.derive(`user ${index}`);
      return 'made';
    },
  });
  const app = await bootApp(rootOf(user), { env: { APP_KEY: randomBytes(32).toString('base64') } });
  expect(readSecurityInventory(app)[0]!.facts['purposes']).toHaveLength(256);
});
