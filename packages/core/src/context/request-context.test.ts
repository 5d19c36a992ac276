import { expect, expectTypeOf, test } from 'vitest';
import { contextKey, createContext, currentContext, requestContexts, runInContext, runOutsideContext } from './request-context.js';
import { runUninterrupted } from './run-uninterrupted.js';

const TENANT = contextKey<{ id: string }>('tenant');

test('a context follows awaits, timers and nested calls, and ends with its function', async () => {
  const context = createContext({ id: 'r1' });
  const seen = await runInContext(context, async () => {
    await new Promise((resolve) => setTimeout(resolve, 1));
    return currentContext();
  });
  expect(seen).toBe(context);
  expect(currentContext()).toBeUndefined();
});

test('two requests at once never see each other', async () => {
  const work = (id: string) =>
    runInContext(createContext({ id }), async () => {
      requestContexts.set(TENANT, { id });
      await new Promise((resolve) => setTimeout(resolve, id === 'a' ? 5 : 1));
      return [currentContext()?.id, requestContexts.get(TENANT)?.id];
    });
  expect(await Promise.all([work('a'), work('b')])).toEqual([
    ['a', 'a'],
    ['b', 'b'],
  ]);
});

test('values have the type of their key', () => {
  runInContext(createContext({ id: 'r' }), () => {
    expect(requestContexts.get(TENANT)).toBeUndefined();
    requestContexts.set(TENANT, { id: 't' });
    expectTypeOf(requestContexts.get(TENANT)).toEqualTypeOf<{ id: string } | undefined>();
    // @ts-expect-error a tenant is no number
    requestContexts.set(contextKey<string>('other'), 5);
  });
});

test('outside of a request there is no context, and asking for it says so', () => {
  expect(requestContexts.current()).toBeUndefined();
  expect(requestContexts.get(TENANT)).toBeUndefined();
  expect(() => requestContexts.require()).toThrow(expect.objectContaining({ code: 'CORE_CONTEXT_NONE' }));
  expect(() => requestContexts.set(TENANT, { id: 'x' })).toThrow(/"tenant" was read outside of a request/);
});

test('work can be taken out of the request that causes it', () => {
  runInContext(createContext({ id: 'r' }), () => expect(runOutsideContext(() => currentContext())).toBeUndefined());
});

test('work that must be finished keeps its request, but not the signal and deadline of it', () => {
  const TENANT = contextKey<string>('tenant');
  const request = createContext({ id: 'r', traceId: 't', actor: 'me', signal: AbortSignal.abort(), aborted: true, deadline: 1 });
  runInContext(request, () => {
    requestContexts.set(TENANT, 'x');
    runUninterrupted(() => {
      expect(currentContext()).toMatchObject({
        id: 'r',
        traceId: 't',
        actor: 'me',
        signal: undefined,
        aborted: false,
        deadline: undefined,
      });
      expect(requestContexts.get(TENANT)).toBe('x');
      currentContext()!.actor = 'you';
    });
    expect(currentContext()).toBe(request);
  });
  expect(request.actor).toBe('you');
  expect(runUninterrupted(() => currentContext())).toBeUndefined();
});
