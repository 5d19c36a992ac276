// Makes administrators, one of whom is needed before the list of accounts can make others:
//   node dist/make-admin.js ada@example.com
import { Accounts } from '@plinth/auth/accounts';
import { createApp } from '@plinth/core';
import { AppModule } from './app.module.js';
import { useLocalUrl } from './development/develop.js';

process.exitCode = await makeAdmin(process.argv[2]);

async function makeAdmin(email: string | undefined): Promise<number> {
  if (email === undefined) return fail('Say who: node dist/make-admin.js ada@example.com');
  if (process.env['NODE_ENV'] !== 'production') useLocalUrl();
  // Built, and not started: nothing listens.
  const app = await createApp(AppModule);
  try {
    const accounts = app.get(Accounts);
    const account = await accounts.findByEmail(email);
    if (!account) return fail(`There is no account with the address ${email}: register it first.`);
    await accounts.setRoles(account.id, [...new Set([...account.roles, 'user', 'admin'])]);
    process.stdout.write(`${account.email} is an administrator.\n`);
    return 0;
  } finally {
    await app.stop();
  }
}

function fail(sentence: string): number {
  process.stderr.write(`${sentence}\n`);
  return 1;
}
