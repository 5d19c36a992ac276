// The five workloads: what every contender must answer, and how wrk asks for it.
import { TOKEN } from './secured.mjs';

export const TEXT = 'Hello, World!';

export const messageSchema = { type: 'object', properties: { message: { type: 'string' } }, required: ['message'] };

export const userParams = { type: 'object', properties: { id: { type: 'integer', minimum: 1 } }, required: ['id'] };
export const userQuery = { type: 'object', properties: { verbose: { type: 'boolean' } } };

const address = {
  type: 'object',
  properties: { street: { type: 'string' }, city: { type: 'string' }, zip: { type: 'string' }, country: { type: 'string' } },
  required: ['street', 'city', 'zip', 'country'],
};

export const userSchema = {
  type: 'object',
  properties: {
    id: { type: 'integer' },
    name: { type: 'string' },
    email: { type: 'string' },
    active: { type: 'boolean' },
    score: { type: 'number' },
    bio: { type: 'string' },
    tags: { type: 'array', items: { type: 'string' } },
    addresses: { type: 'array', items: address },
  },
  required: ['id', 'name', 'email', 'active', 'score', 'tags', 'addresses'],
};

const home = { street: 'Long Street 12', city: 'Springfield', zip: '12345', country: 'Freedonia' };

/** About 1 KB as JSON; with a field that no schema declares and so must not leave. */
export function makeUser(id, verbose) {
  return {
    id,
    name: 'Ada Lovelace',
    email: 'ada@example.com',
    active: true,
    score: 97.5,
    ...(verbose && { bio: 'x'.repeat(500) }),
    tags: ['admin', 'staff', 'beta', 'analytics'],
    addresses: [home, home, home],
    passwordHash: 'must never leave',
  };
}

const line = {
  type: 'object',
  properties: {
    sku: { type: 'string', minLength: 3, maxLength: 40 },
    quantity: { type: 'integer', minimum: 1 },
    price: { type: 'number', minimum: 0 },
    note: { type: 'string', maxLength: 200 },
  },
  required: ['sku', 'quantity', 'price'],
  additionalProperties: false,
};

export const orderBody = {
  type: 'object',
  properties: {
    customer: { type: 'string', maxLength: 100 },
    currency: { type: 'string', enum: ['EUR', 'USD'] },
    lines: { type: 'array', items: line, minItems: 1, maxItems: 100 },
  },
  required: ['customer', 'currency', 'lines'],
  additionalProperties: false,
};

export const orderReply = {
  type: 'object',
  properties: {
    id: { type: 'string' },
    customer: { type: 'string' },
    currency: { type: 'string' },
    total: { type: 'number' },
    lines: { type: 'array', items: line },
  },
  required: ['id', 'customer', 'currency', 'total', 'lines'],
};

export function placeOrder(body) {
  let total = 0;
  for (const { quantity, price } of body.lines) total += quantity * price;
  return { id: 'order-1', customer: body.customer, currency: body.currency, total, lines: body.lines };
}

export const order = {
  customer: 'Ada Lovelace',
  currency: 'EUR',
  lines: Array.from({ length: 10 }, (_, index) => ({
    sku: `SKU-${1000 + index}`,
    quantity: index + 1,
    price: 9.5 + index,
    note: 'leave it at the door, please, thanks',
  })),
};

/** About two milliseconds of work that a handler does in one go, then a wait, as for a database. */
export async function work() {
  const until = performance.now() + 2;
  let sum = 0;
  while (performance.now() < until) for (let index = 0; index < 1000; index++) sum += index;
  await new Promise((resolve) => setTimeout(resolve, 5));
  return sum > 0 ? TEXT : '';
}

export const WORKLOADS = {
  plaintext: { path: '/plaintext' },
  json: { path: '/json' },
  users: { path: '/users/42?verbose=true' },
  orders: { path: '/orders', body: JSON.stringify(order) },
  secured: { path: '/secured/42?verbose=true', headers: { Cookie: `theme=dark; sid=${TOKEN}` } },
};
