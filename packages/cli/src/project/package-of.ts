/** The package of a place (`file:line`) in `node_modules`, the innermost one: `@acme/reports`. `undefined` for files of the project. */
export function packageOf(place: string | undefined): string | undefined {
  const path = `/${place ?? ''}`.replaceAll('\\', '/');
  const [scope, name] = path.split('/node_modules/').slice(1).at(-1)?.split('/') ?? [];
  return scope?.startsWith('@') === true ? `${scope}/${name}` : scope;
}
