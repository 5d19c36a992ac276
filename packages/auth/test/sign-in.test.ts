import { hash as otherHash } from '@node-rs/argon2';
import { expect, test } from 'vitest';
import { Passwords, PasswordSignIn, type AuthUser, type SignInRecord, type SignInSource } from '@plinth/auth';
import { startAuth } from './support.js';

interface Person extends AuthUser {
  readonly name: string;
}

class People implements SignInSource<Person> {
  readonly records = new Map<string, { user: Person; passwordHash: string | null }>();

  async findForSignIn(name: string): Promise<SignInRecord<Person> | undefined> {
    return this.records.get(name);
  }

  async updatePasswordHash(id: string, passwordHash: string): Promise<void> {
    for (const record of this.records.values()) if (record.user.id === id) record.passwordHash = passwordHash;
  }
}

const secret = 'a rather long password';

test('the right name and password give the user, in the type of the application [AU-09]', async () => {
  await using app = await startAuth();
  const people = new People();
  people.records.set('ada', { user: { id: '1', name: 'Ada' }, passwordHash: await app.get(Passwords).hash(secret) });
  const user: Person = await app.get(PasswordSignIn).check(people, 'ada', secret);
  expect(user).toEqual({ id: '1', name: 'Ada' });
});

test('unknown name, wrong password, no password and too long a password get one and the same answer [AU-09]', async () => {
  await using app = await startAuth();
  const people = new People();
  people.records.set('ada', { user: { id: '1', name: 'Ada' }, passwordHash: await app.get(Passwords).hash(secret) });
  people.records.set('bob', { user: { id: '2', name: 'Bob' }, passwordHash: null });
  const signIn = app.get(PasswordSignIn);
  const answers = [];
  for (const [name, password] of [
    ['ada', 'wrong'],
    ['bob', secret],
    ['eve', secret],
    ['ada', ''],
    ['ada', 'x'.repeat(2_000)],
    ['eve', 'x'.repeat(2_000)],
  ]) {
    const error: unknown = await signIn.check(people, name!, password!).catch((thrown: unknown) => thrown);
    answers.push(JSON.stringify(error));
  }
  expect(new Set(answers).size).toBe(1);
  expect(answers[0]).toContain('AUTH_CREDENTIALS');
});

test('a hash with weaker parameters is replaced at sign-in, once [AU-09]', async () => {
  await using app = await startAuth();
  const people = new People();
  const weak = await otherHash(secret, { memoryCost: 8_192, timeCost: 1 });
  people.records.set('ada', { user: { id: '1', name: 'Ada' }, passwordHash: weak });
  const signIn = app.get(PasswordSignIn);
  await expect(signIn.check(people, 'ada', 'wrong')).rejects.toMatchObject({ code: 'AUTH_CREDENTIALS' });
  expect(people.records.get('ada')!.passwordHash).toBe(weak);
  await signIn.check(people, 'ada', secret);
  const replaced = people.records.get('ada')!.passwordHash;
  expect(replaced).toContain('m=19456,t=2,p=1');
  await signIn.check(people, 'ada', secret);
  expect(people.records.get('ada')!.passwordHash).toBe(replaced);
});

test('an unknown name takes as long as a wrong password: the medians of interleaved tries are alike [AU-09]', async () => {
  await using app = await startAuth();
  const people = new People();
  people.records.set('ada', { user: { id: '1', name: 'Ada' }, passwordHash: await app.get(Passwords).hash(secret) });
  const signIn = app.get(PasswordSignIn);
  const attempt = (name: string) => signIn.check(people, name, 'wrong password').catch(() => undefined);
  // Processor time, because other tests on this machine make the clock's time jump about; the clock's time for what only waits.
  const ratios: { readonly work: number; readonly time: number }[] = [];
  do ratios.push(await compare(attempt));
  while (!isAlike(ratios.at(-1)!) && ratios.length < 4);
  expect(isAlike(ratios.at(-1)!), JSON.stringify(ratios)).toBe(true);
}, 60_000);

function isAlike({ work, time }: { readonly work: number; readonly time: number }): boolean {
  return Math.abs(work - 1) < 0.05 && Math.abs(time - 1) < 0.25;
}

async function compare(attempt: (name: string) => Promise<unknown>): Promise<{ readonly work: number; readonly time: number }> {
  const tries: Record<string, { work: number; time: number }[]> = { ada: [], eve: [] };
  for (let round = 0; round < 80; round += 1) {
    // The order alternates, so that neither always runs on the warmer processor.
    for (const name of round % 2 === 0 ? ['ada', 'eve'] : ['eve', 'ada']) {
      const [start, before] = [performance.now(), process.cpuUsage()];
      await attempt(name);
      const { user, system } = process.cpuUsage(before);
      tries[name]!.push({ work: user + system, time: performance.now() - start });
    }
  }
  const ratio = (what: 'work' | 'time'): number =>
    median(tries['eve']!.map((each) => each[what])) / median(tries['ada']!.map((each) => each[what]));
  return { work: ratio('work'), time: ratio('time') };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
