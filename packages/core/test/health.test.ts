import { HEALTH, HEALTH_CHECK, Injectable, Module, provideFactory, provideValue } from '@plinth/core';
import { expect, test } from 'vitest';
import { bootApp, bootProblems } from './_boot.js';

@Injectable()
class Connection {
  open = true;
}

@Module({
  providers: [
    Connection,
    provideFactory(HEALTH_CHECK, {
      deps: [Connection],
      create: (connection) => ({
        name: 'connection',
        check: () => {
          if (!connection.open) throw new Error('closed');
        },
      }),
      many: true,
    }),
  ],
})
class ConnectionModule {}

@Module({ imports: [ConnectionModule] })
class Root {}

test('checks of all modules are asked, and readiness follows the life of the application [OB-01]', async () => {
  const app = await bootApp(Root);
  const health = app.get(HEALTH);
  expect(await health.ready()).toMatchObject({ status: 'down', reasons: ['starting'] });
  await app.start();
  expect(await health.ready()).toMatchObject({ status: 'up', checks: [{ name: 'connection', status: 'up' }] });
  expect(await health.startup()).toMatchObject({ status: 'up' });
  await app.stop();
  expect(await health.ready()).toMatchObject({ status: 'down', reasons: ['stopping'], checks: [] });
});

test('a check that fails takes readiness down [OB-01]', async () => {
  const app = await bootApp(Root);
  await app.start();
  app.get(Connection).open = false;
  expect(await app.get(HEALTH).ready()).toMatchObject({
    status: 'down',
    checks: [{ name: 'connection', status: 'down', reason: 'closed' }],
  });
});

test('readiness turns down before onDrain hooks run, so that balancers stop sending', async () => {
  const seen: string[] = [];
  @Injectable({ deps: [HEALTH] })
  class Server {
    constructor(readonly health: { ready(): Promise<{ status: string }> }) {}
    async onDrain(): Promise<void> {
      seen.push((await this.health.ready()).status);
    }
  }
  @Module({ providers: [Server] })
  class WithServer {}
  const app = await bootApp(WithServer);
  await app.start();
  await app.stop();
  expect(seen).toEqual(['down']);
});

test('two checks of one name are a problem of the boot', async () => {
  const check = provideValue(HEALTH_CHECK, { name: 'connection', check: () => undefined }, { many: true });
  @Module({ imports: [ConnectionModule], providers: [check] })
  class Twice {}
  expect(await bootProblems(Twice)).toMatchObject([{ code: 'CORE_HEALTH_CHECK_NAME' }]);
});
