import { createApp, Module, provide } from '@plinth/core';
import { createGraph } from './graph.mjs';
import { report } from './report.mjs';

const modules = [];
for (const { name, imports, providers } of createGraph()) {
  const type = class {};
  Object.defineProperty(type, 'name', { value: name });
  Module({
    imports: imports.map((index) => modules[index]),
    providers: providers.map((provider) => provide(provider.type, { deps: provider.deps })),
    exports: [providers.at(-1).type],
  })(type);
  modules.push(type);
}

await report(() => createApp(modules.at(-1), { env: { LOG_LEVEL: 'error' }, envFile: false }));
