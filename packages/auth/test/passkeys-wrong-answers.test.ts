import { randomBytes, sign } from 'node:crypto';
import { expectProblem } from '@plinth/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BE, BS, coseKey, nestedCbor, SoftAuthenticator, strangeKey, UP, UV, type Lies } from './passkey-authenticator.js';
import { startPasskeys, withPasskey } from './passkey-support.js';

const SIGN_IN = '/account/sign-in/passkey';

const refused = { status: 401, code: 'AUTH_PASSKEY_REFUSED' };
const notRegistered = { status: 422, code: 'AUTH_PASSKEY_REGISTRATION' };

type Started = Awaited<ReturnType<typeof startPasskeys>>;

/** What is wrong, how it is made so, and what the log says of it. */
type Wrong = readonly [what: string, lies: Lies, reason: RegExp];

const wrong: readonly Wrong[] = [
  ['another origin', { origin: 'https://evil.example' }, /response origin "https:\/\/evil/],
  ['an origin that begins alike', { origin: 'https://app.example.org.evil.example' }, /response origin/],
  ['another port', { origin: 'https://app.example.org:8443' }, /response origin/],
  ['http', { origin: 'http://app.example.org' }, /response origin/],
  ['a subdomain', { origin: 'https://x.app.example.org' }, /response origin/],
  ['an empty origin', { origin: '' }, /response origin/],
  ['an origin that is no text', { client: { origin: ['https://app.example.org'] } }, /response origin/],
  ['another site by its rpId', { rpId: 'evil.example' }, /RP ID hash/],
  ['the domain above as rpId', { rpId: 'example.org' }, /RP ID hash/],
  ['no user verification', { flags: UP }, /[Uu]ser verification (was )?required/],
  ['no user presence', { flags: UV }, /not present/],
  ['a backup of what cannot be backed up', { flags: UP | UV | BS }, /backed up/],
  ['a frame of another site', { client: { crossOrigin: true } }, /frame/],
  ['a frame of another site that is named', { client: { crossOrigin: true, topOrigin: 'https://evil.example' } }, /frame/],
  ['a frame of this site by its name', { client: { crossOrigin: true, topOrigin: 'https://app.example.org' } }, /frame/],
  ['a frame that is not said to be one', { client: { topOrigin: 'https://evil.example' } }, /frame/],
  ['crossOrigin as a text', { client: { crossOrigin: 'true' } }, /frame/],
  ['nested extensions', { extensions: nestedCbor(1_000) }, /nested too deep/],
  ['extensions that are cut off', { extensions: Buffer.of(0xa1) }, /cut off/],
];

describe('a sign-in', () => {
  let t: Awaited<ReturnType<typeof withPasskey>>;
  beforeAll(async () => void (t = await withPasskey()));
  afterAll(() => t[Symbol.asyncDispose]());

  test.each<Wrong>([
    ...wrong,
    ['an answer to a registration', { type: 'webauthn.create' }, /response type/],
    ['a type of payments', { type: 'payment.get' }, /response type/],
    ['another key', { key: strangeKey() }, /the signature is wrong/],
    ['an unknown passkey', { id: randomBytes(32).toString('base64url') }, /unknown/],
    ['another user handle', { userHandle: randomBytes(32).toString('base64url') }, /user handle/],
    ['no user handle', { userHandle: null }, /user handle/],
    ['a key that was bound to a device and is no longer', { flags: UP | UV | BE }, /of its device/],
  ])('is refused for %s, and the answer does not say why [AU-11]', async (_what, lies, reason) => {
    const browser = t.browser();
    const problem = expectProblem(await browser.signIn(t.authenticator, lies), refused);
    expect(problem.detail).toBe('The passkey was not accepted.');
    expect(await browser.me()).toBeUndefined();
    const details = { purpose: 'sign-in', reason: expect.stringMatching(reason) as string };
    expect(t.noted('passkey.used').at(-1)).toMatchObject({ outcome: 'failure', details });
    expect((await browser.signIn(t.authenticator)).status).toBe(200);
  });
});

describe('a registration', () => {
  let t: Started;
  beforeAll(async () => void (t = await startPasskeys()));
  afterAll(() => t[Symbol.asyncDispose]());

  const [x, y] = [Buffer.alloc(32, 1), Buffer.alloc(32, 1)];
  const certified = [
    ['alg', -7],
    ['sig', Buffer.alloc(64)],
    ['x5c', [Buffer.alloc(200)]],
  ] as const;
  const strange = sign('sha256', Buffer.of(1), strangeKey());

  test.each<Wrong>([
    ...wrong,
    ['an answer to a sign-in', { type: 'webauthn.get' }, /response type/],
    [
      'an algorithm that was not offered',
      {
        cose: coseKey([
          [1, 2],
          [3, -36],
          [-1, 3],
          [-2, x],
          [-3, y],
        ]),
      },
      /alg "-36"/,
    ],
    [
      'no algorithm',
      {
        cose: coseKey([
          [1, 2],
          [-1, 1],
          [-2, x],
          [-3, y],
        ]),
      },
      /numeric alg/,
    ],
    ['a nested key', { cose: nestedCbor(1_000) }, /nested too deep/],
    [
      'a key that is longer than any',
      {
        cose: coseKey([
          [1, 3],
          [3, -257],
          [-1, Buffer.alloc(1_800, 1)],
          [-2, Buffer.of(3)],
        ]),
      },
      /too long/,
    ],
    ['an id that is not the signed one', { id: randomBytes(32).toString('base64url') }, /not that of the credential/],
    ['certificates', { format: 'packed', statement: certified }, /not asked for/],
    [
      'an attestation by another key',
      {
        format: 'packed',
        statement: [
          ['alg', -7],
          ['sig', strange],
        ],
      },
      /not signed by the new key/,
    ],
    ['an attestation of another format', { format: 'fido-u2f' }, /not asked for/],
    ['an unknown format', { format: 'constructor' }, /not asked for/],
    ['a statement without a format', { statement: [['sig', strange]] }, /attestation statement/],
  ])('is refused for %s [AU-11]', async (_what, lies, reason) => {
    const browser = await t.signedIn();
    expectProblem((await browser.register({}, lies)).answer, notRegistered);
    expect((await browser.get('/account/passkeys')).json()).toEqual([]);
    const details = { reason: expect.stringMatching(reason) as string };
    expect(t.noted('passkey.added').at(-1)).toMatchObject({ outcome: 'failure', userId: 'ada', details });
  });
});

test('a passkey that signs for itself is kept, as browsers send it where no attestation was asked for', async () => {
  await using t = await startPasskeys();
  const browser = await t.signedIn();
  const { authenticator, answer } = await browser.register({}, { format: 'packed' });
  expect(answer.status).toBe(201);
  expect((await t.browser().signIn(authenticator)).status).toBe(200);
});

test('data that was changed after it was signed is refused [AU-11]', async () => {
  await using t = await withPasskey();
  for (const [member, at] of [
    ['authenticatorData', 36],
    ['signature', 20],
  ] as const) {
    const browser = t.browser();
    const response = t.authenticator.get(await browser.request());
    const bytes = Buffer.from(response.response[member], 'base64url');
    bytes[at]! ^= 1;
    const changed = { ...response, response: { ...response.response, [member]: bytes.toString('base64url') } };
    expectProblem(await browser.post(SIGN_IN, { response: changed }), refused);
  }
  const browser = t.browser();
  const response = t.authenticator.get(await browser.request());
  const padded = Buffer.from(`${Buffer.from(response.response.clientDataJSON, 'base64url').toString()} `).toString('base64url');
  const changed = { ...response, response: { ...response.response, clientDataJSON: padded } };
  expectProblem(await browser.post(SIGN_IN, { response: changed }), refused);
});

test('bodies that are nothing like an answer are refused before anything is read', async () => {
  await using t = await withPasskey();
  const browser = t.browser();
  const good = () => browser.request().then((options) => t.authenticator.get(options));
  const { response: parts, ...rest } = await good();
  const bad: unknown[] = [
    {},
    { response: null },
    { response: [] },
    { response: 'x' },
    { response: { ...rest } },
    { response: { ...rest, response: {} } },
    { response: { ...rest, type: 'password', response: parts } },
    { response: { ...rest, id: '', rawId: '', response: parts } },
    { response: { ...rest, id: 'x'.repeat(1_365), response: parts } },
    { response: { ...rest, id: ['x'], response: parts } },
    ...['clientDataJSON', 'authenticatorData', 'signature', 'userHandle'].flatMap((member) => [
      { response: { ...rest, response: { ...parts, [member]: 'x'.repeat(4_097) } } },
      { response: { ...rest, response: { ...parts, [member]: 'not base64url!' } } },
      { response: { ...rest, response: { ...parts, [member]: { toString: 'x' } } } },
    ]),
  ];
  for (const body of bad) expectProblem(await browser.post(SIGN_IN, body), { status: 422 });
  expectProblem(await browser.post(SIGN_IN, { response: { ...rest, response: { ...parts, more: 'x'.repeat(40_000) } } }), { status: 413 });
  const nested = `{"response":${'['.repeat(1_000)}${']'.repeat(1_000)}}`;
  const deep = await browser.client.post(SIGN_IN, { body: nested, headers: { 'content-type': 'application/json' } });
  expectProblem(deep, { status: 400 });
});

test('texts of the right form that hold nothing of use are refused, and nothing falls over', async () => {
  await using t = await withPasskey();
  const base64url = (text: string) => Buffer.from(text).toString('base64url');
  for (const data of [
    '',
    'null',
    '7',
    '"x"',
    '[]',
    '{}',
    '{',
    '['.repeat(3_000),
    '{"challenge":null}',
    '{"challenge":{"length":43}}',
    '\ud83d',
  ]) {
    const browser = t.browser();
    const response = t.authenticator.get(await browser.request());
    const changed = { ...response, response: { ...response.response, clientDataJSON: base64url(data) || 'A' } };
    const { status } = await browser.post(SIGN_IN, { response: changed });
    expect([401, 409], data.slice(0, 20)).toContain(status);
    const made = new SoftAuthenticator().create(await t.owner.creation());
    const registered = await t.owner.post('/account/passkeys', {
      response: { ...made, response: { ...made.response, clientDataJSON: base64url(data) || 'A' } },
    });
    expect([422, 409], data.slice(0, 20)).toContain(registered.status);
  }
  for (const bytes of [
    Buffer.of(0),
    Buffer.of(0xbf),
    Buffer.of(0xbb, 255, 255, 255, 255, 255, 255, 255, 255),
    nestedCbor(2_900),
    randomBytes(500),
  ]) {
    const made = new SoftAuthenticator().create(await t.owner.creation());
    const changed = { ...made, response: { ...made.response, attestationObject: bytes.toString('base64url') } };
    expectProblem(await t.owner.post('/account/passkeys', { response: changed }), notRegistered);
    // Looked at without recursion, before anything is read by it.
    const reason = expect.stringMatching(/nested too deep|is no map/) as string;
    expect(t.noted('passkey.added').at(-1)).toMatchObject({ details: { reason } });
    const browser = t.browser();
    const response = t.authenticator.get(await browser.request());
    const cut = { ...response, response: { ...response.response, authenticatorData: bytes.subarray(0, 1_500).toString('base64url') } };
    expectProblem(await browser.post(SIGN_IN, { response: cut }), refused);
  }
});

test('members that browsers may add one day are left out, and so are transports that are no words', async () => {
  await using t = await startPasskeys();
  const browser = await t.signedIn();
  const authenticator = new SoftAuthenticator();
  const made = authenticator.create(await browser.creation(), { transports: ['usb', 'usb', '<script>', 'smart-card'] });
  const answer = await browser.post('/account/passkeys', { response: { ...made, signals: { a: 1 } }, userId: 'bob', counter: 7 });
  expect(answer.json()).toMatchObject({ transports: ['usb', 'smart-card'] });
  const other = t.browser();
  const response = { ...authenticator.get(await other.request()), clientExtensionResults: { prf: { results: { first: 'x' } } } };
  expect((await other.post(SIGN_IN, { response, userId: 'bob' })).status).toBe(200);
  expect(await other.me()).toMatchObject({ id: 'ada' });
});
