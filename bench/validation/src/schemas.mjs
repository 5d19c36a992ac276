// Unknown properties are refused in each schema, so that ajv does what Plinth does by default.
// An order of about 1 KB, a user, and the parameters of a page: what a request carries most often.

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

export const order = {
  type: 'object',
  properties: {
    customer: { type: 'string', maxLength: 100 },
    currency: { type: 'string', enum: ['EUR', 'USD'] },
    lines: { type: 'array', items: line, minItems: 1, maxItems: 100 },
  },
  required: ['customer', 'currency', 'lines'],
  additionalProperties: false,
};

export const makeOrder = () => ({
  customer: 'Ada Lovelace',
  currency: 'EUR',
  lines: Array.from({ length: 10 }, (_, index) => ({
    sku: `SKU-${1000 + index}`,
    quantity: index + 1,
    price: 9.5 + index,
    note: 'leave it at the door, please, thanks',
  })),
});

const address = {
  type: 'object',
  properties: { street: { type: 'string' }, city: { type: 'string' }, zip: { type: 'string' }, country: { type: 'string' } },
  required: ['street', 'city', 'zip', 'country'],
  additionalProperties: false,
};

export const user = {
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
  additionalProperties: false,
};

export const makeUser = () => ({
  id: 7,
  name: 'Ada Lovelace',
  email: 'ada@example.com',
  active: true,
  score: 97.5,
  tags: ['admin', 'staff', 'beta', 'analytics'],
  addresses: Array.from({ length: 3 }, () => ({ street: 'Long Street 12', city: 'Springfield', zip: '12345', country: 'Freedonia' })),
});

export const query = {
  type: 'object',
  properties: {
    page: { type: 'integer', minimum: 1 },
    size: { type: 'integer', minimum: 1, maximum: 100 },
    sort: { enum: ['name', 'age'] },
    all: { type: 'boolean' },
  },
  required: ['page'],
  additionalProperties: false,
};

export const makeQuery = () => ({ page: '12', size: '50', sort: 'name', all: 'true' });
