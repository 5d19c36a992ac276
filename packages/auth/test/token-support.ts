import { Module, provide, type App, type Clock, type ModuleOptions } from '@plinth/core';
import { ApiKeys, OneTimeTokens, RefreshTokens, Tokens, type AuthOptions } from '@plinth/auth';
import { startAuth } from './support.js';

export { appKey, StillClock } from './support.js';

/** These services are created only where something needs them. */
class NeedsTokens {
  constructor(
    readonly oneTime: OneTimeTokens,
    readonly refresh: RefreshTokens,
    readonly apiKeys: ApiKeys,
    readonly tokens: Tokens,
  ) {}
}

/** A started application in which the services of tokens and keys exist. */
export function startTokens(
  options: AuthOptions = {},
  more: { readonly module?: ModuleOptions; readonly env?: Record<string, string>; readonly clock?: Clock } = {},
): Promise<App> {
  @Module({ providers: [provide(NeedsTokens, { deps: [OneTimeTokens, RefreshTokens, ApiKeys, Tokens] })] })
  class Needs {}
  return startAuth(options, { ...more, module: { ...more.module, imports: [Needs, ...(more.module?.imports ?? [])] } });
}
