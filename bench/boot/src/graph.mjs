/**
 * The graph both sides boot: 100 modules of 10 providers. Each module imports the one before it and one further back. Each provider
 * depends on the one before it in its module; the first of a module on the last, exported one of each module that is imported.
 */
export const moduleCount = 100;
export const providersPerModule = 10;

/** Plain classes and what they depend on; no decorators, so that each side can add its own. */
export function createGraph() {
  const modules = [];
  for (let m = 0; m < moduleCount; m++) {
    const imports = [...new Set([m - 1, Math.floor(m / 2) - 1])].filter((index) => index >= 0);
    const providers = [];
    for (let p = 0; p < providersPerModule; p++) {
      const deps = p === 0 ? imports.map((index) => modules[index].providers.at(-1).type) : [providers[p - 1].type];
      providers.push({ type: createClass(`Service${m}x${p}`, deps.length), deps });
    }
    modules.push({ name: `Module${m}`, imports, providers });
  }
  return modules;
}

function createClass(name, arity) {
  const types = [
    class {},
    class {
      constructor(a) {
        this.a = a;
      }
    },
    class {
      constructor(a, b) {
        this.a = a;
        this.b = b;
      }
    },
  ];
  const type = types[arity];
  Object.defineProperty(type, 'name', { value: name });
  return type;
}
