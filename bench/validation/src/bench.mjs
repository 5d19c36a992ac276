// Prints ratios: trust those, not the times. Sixteen values of each kind are used in turn, fresh from JSON.parse as in a request.
import { Ajv2020 } from 'ajv/dist/2020.js';
import fastJsonStringify from 'fast-json-stringify';
import { compile, compileSerializer } from '@plinth/validation';
import { measure, report } from './measure.mjs';
import { makeOrder, makeQuery, makeUser, order, query, user } from './schemas.mjs';

const sixteen = (make) => Array.from({ length: 16 }, () => JSON.parse(JSON.stringify(make())));

for (const [name, schema, make] of [
  ['order', order, makeOrder],
  ['user', user, makeUser],
]) {
  const values = sixteen(make);
  const closed = new Ajv2020({ allErrors: false }).compile(schema);
  const checked = compile(schema);
  report(
    `check ${name}`,
    measure({
      ajv: (index) => closed(values[index]),
      plinth: (index) => checked.check(values[index]).value,
    }),
  );

  const plain = compileSerializer(schema);
  const fast = fastJsonStringify(schema);
  const stored = values.map((value) => ({ ...value, passwordHash: 'must never leave' }));
  report(
    `write ${name}`,
    measure({
      'JSON.stringify': (index) => JSON.stringify(values[index]),
      'fast-json-stringify': (index) => fast(values[index]),
      plinth: (index) => plain(values[index]),
      'plinth, with a property that is not declared': (index) => plain(stored[index]),
    }),
  );
}

const queries = sixteen(makeQuery);
const coercing = new Ajv2020({ coerceTypes: true, allErrors: false, strictTypes: false }).compile(query);
const coerced = compile(query, { coerce: true });
report(
  'convert and check a query of four',
  measure({
    'ajv on a copy': (index) => coercing({ ...queries[index] }),
    plinth: (index) => coerced.check(queries[index]).value,
  }),
);
