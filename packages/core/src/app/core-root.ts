import type { Provider } from '../di/provider.js';
import { configured, type ConfiguredModule } from '../module/configured.js';
import { Module } from '../module/module.js';
import { isProviderRecord } from '../di/provider.js';

/** The module that is part of every application, and visible in all of it. */
@Module()
class CoreModule {}

/** Core's own providers as a global module. */
export function createCoreModule(providers: readonly Provider[]): ConfiguredModule {
  const exports = providers.flatMap((provider) => (isProviderRecord(provider) ? [provider.key] : []));
  return configured(CoreModule, { global: true, providers, exports });
}
