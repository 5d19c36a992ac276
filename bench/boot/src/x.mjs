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

const t=process.cpuUsage(), w=performance.now(); await createApp(modules.at(-1), { env: { LOG_LEVEL: "error" }, envFile: false }); const d=process.cpuUsage(t); console.log("wall",performance.now()-w,"user",d.user/1000,"sys",d.system/1000); for(let i=0;i<3;i++){const w2=performance.now(); await createApp(modules.at(-1), { env: { LOG_LEVEL: "error" }, envFile: false }); console.log("again",performance.now()-w2)}
