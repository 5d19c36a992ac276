import {
  bigint,
  boolean,
  bytes,
  date,
  decimal,
  double,
  enumOf,
  integer,
  json,
  smallint,
  table,
  text,
  time,
  timestamp,
  uuid,
} from '@plinth/data';

/** One column of each type, and what the limits of a type can be. */
export const hostile = table('hostile_values', {
  id: integer().primary(),
  uuid: uuid().nullable(),
  text: text().nullable(),
  short: text({ max: 5 }).nullable(),
  integer: integer().nullable(),
  smallint: smallint().nullable(),
  bigint: bigint().nullable(),
  double: double().nullable(),
  decimal: decimal(12, 2).nullable(),
  wide: decimal(38, 18).nullable(),
  whole: decimal(20, 0).nullable(),
  fraction: decimal(6, 6).nullable(),
  boolean: boolean().nullable(),
  date: date().nullable(),
  time: time().nullable(),
  timestamp: timestamp().nullable(),
  json: json<unknown>().nullable(),
  bytes: bytes().nullable(),
  few: bytes({ max: 3 }).nullable(),
  kind: enumOf('draft', 'Draft', 'é', "it's", 'back\\slash', 'what?').nullable(),
});

export type HostileColumn = Exclude<keyof typeof hostile & string, 'id'>;

/** Values that must come back as they went in. */
export const same: Readonly<Record<HostileColumn, readonly unknown[]>> = {
  uuid: ['0190f3a2-7c4e-7def-8123-456789abcdef', '00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff'],
  text: [
    '',
    ' ',
    ' both ends ',
    'trailing   ',
    'tab\tnewline\r\n\u001f\u007f\u2028',
    'it\'s \\ "quoted" ? ?? $1 :x @p0 %s --',
    "\\'; drop table hostile_values; --",
    '😀👩‍👩‍👧‍👦🏳️‍🌈',
    'e\u0301 é',
    'ﬁ ß ẞ ı İ Å Å',
    '\ufeffbyte order mark',
    '\uffff\ufdd0',
    '\u{10ffff}',
    'NULL',
    '0',
    'x'.repeat(70_000),
    '😀'.repeat(20_000),
  ],
  short: ['12345', '😀😀😀😀😀', '     ', 'e\u0301e\u0301x'],
  integer: [0, 1, -1, 2 ** 31 - 1, -(2 ** 31)],
  smallint: [0, 32_767, -32_768],
  bigint: [0n, 1n, -1n, 2n ** 53n, 2n ** 53n + 1n, -(2n ** 53n) - 1n, 2n ** 63n - 1n, -(2n ** 63n)],
  double: [
    0,
    0.1 + 0.2,
    1 / 3,
    Number.MAX_VALUE,
    -Number.MAX_VALUE,
    Number.MIN_VALUE,
    2.2250738585072014e-308,
    1e21,
    1e-7,
    2 ** 53 + 2,
    Math.PI,
  ],
  decimal: ['0.00', '0.01', '-0.01', '9999999999.99', '-9999999999.99'],
  wide: [
    '0.000000000000000001',
    '-0.000000000000000001',
    '99999999999999999999.999999999999999999',
    '-99999999999999999999.999999999999999999',
    '12345678901234567890.123456789012345678',
  ],
  whole: ['0', '-1', '99999999999999999999', '9007199254740993'],
  fraction: ['0.000001', '-0.999999', '0.000000'],
  boolean: [true, false],
  date: ['1000-01-01', '9999-12-31', '2024-02-29', '2000-02-29', '1582-10-10', '2011-12-30', '2026-03-08', '1970-01-01', '1945-09-02'],
  time: ['00:00:00', '23:59:59', '02:30:00', '12:00:00'],
  timestamp: [
    '1000-01-01T00:00:00.000Z',
    '9999-12-31T23:59:59.999Z',
    '1969-12-31T23:59:59.999Z',
    '1970-01-01T00:00:00.000Z',
    '1883-11-18T17:00:00.001Z',
    // The hours that do not exist, and those that come twice, in New York, and Apia's lost day.
    '2026-03-08T02:30:00.000Z',
    '2026-03-08T07:30:00.123Z',
    '2026-11-01T05:30:00.000Z',
    '2026-11-01T06:30:00.000Z',
    '2011-12-30T12:00:00.000Z',
    '2011-12-30T09:59:59.999Z',
    '2016-12-31T23:59:59.999Z',
    '2038-01-19T03:14:08.000Z',
    '2024-02-29T23:59:59.999Z',
  ].map((moment) => new Date(moment)),
  json: [
    {},
    [],
    '',
    'text',
    0,
    1e-300,
    Number.MAX_VALUE,
    true,
    false,
    [null, [null]],
    { null: null },
    JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":1}}'),
    { 'a.b': { $where: 1, 'c"d\\e': '\'"\\\n' }, '': 1, 'ünï😀': '👩‍👧' },
    { b: 1, a: 2, 10: 3, 9: 4 },
    ['2026-01-01T00:00:00.000Z', '12.50', '9007199254740993'],
    nested(100),
    nested(500),
    { long: 'x'.repeat(200_000), list: Array.from({ length: 5_000 }, (_, index) => ({ index })) },
  ],
  bytes: [
    new Uint8Array(0),
    new Uint8Array([0]),
    new Uint8Array([39, 92, 34, 0, 255, 128, 13, 10, 26]),
    Uint8Array.from({ length: 256 }, (_, index) => index),
    new Uint8Array(100_000).fill(92),
    new Uint8Array(new Uint8Array([9, 8, 7, 6]).buffer, 1, 2),
  ],
  few: [new Uint8Array([1, 2, 3])],
  kind: ['draft', 'Draft', 'é', "it's", 'back\\slash', 'what?'],
};

/** Values that are stored in another form, which the insert gives back already. */
export const normalised: readonly (readonly [HostileColumn, given: unknown, stored: unknown])[] = [
  ['uuid', '0190F3A2-7C4E-7DEF-8123-456789ABCDEF', '0190f3a2-7c4e-7def-8123-456789abcdef'],
  ['integer', -0, 0],
  ['double', -0, 0],
  ['decimal', '5', '5.00'],
  ['decimal', '-0', '0.00'],
  ['decimal', '1.5000', '1.50'],
  ['json', { drop: undefined, keep: 1 }, { keep: 1 }],
  ['json', Object.create(null, { a: { value: -0, enumerable: true } }), { a: 0 }],
  ['bytes', Buffer.from('abc'), new Uint8Array([97, 98, 99])],
];

const cycle: Record<string, unknown> = {};
cycle['itself'] = cycle;

/** Values that are refused before any SQL, with the code. */
export const refused: readonly (readonly [HostileColumn, value: unknown, code: string])[] = [
  ...every('DATA_VALUE', 'uuid', ['', 'nope', '{0190f3a2-7c4e-7def-8123-456789abcdef}', '0190f3a27c4e7def8123456789abcdef', 1]),
  ...every('DATA_VALUE', 'text', ['a\0b', '\0', '\ud800', 'x\udc00y', 1, true, new Date(0), ['a'], { toString: () => 'x' }]),
  ...every('DATA_TOO_LONG', 'short', ['123456', '😀😀😀😀😀😀', 'e\u0301e\u0301e\u0301']),
  ...every('DATA_VALUE', 'integer', [Number.NaN, Infinity, -Infinity, 1.5, '1', 1n, true, new Date(0), [1]]),
  ...every('DATA_OUT_OF_RANGE', 'integer', [2 ** 31, -(2 ** 31) - 1, 2 ** 53, Number.MAX_VALUE]),
  ...every('DATA_OUT_OF_RANGE', 'smallint', [32_768, -32_769]),
  ...every('DATA_VALUE', 'smallint', [0.5, '1']),
  ...every('DATA_VALUE', 'bigint', [1, 2 ** 53, '1', 1.5, Number.NaN]),
  ...every('DATA_OUT_OF_RANGE', 'bigint', [2n ** 63n, -(2n ** 63n) - 1n, 2n ** 200n]),
  ...every('DATA_VALUE', 'double', [Number.NaN, Infinity, -Infinity, '1', 1n]),
  ...every('DATA_VALUE', 'decimal', [1.5, 1n, '1e5', '.5', '5.', '01', '+1', ' 1', '1,5', 'NaN', 'Infinity', '', '--1', '٣']),
  ...every('DATA_OUT_OF_RANGE', 'decimal', ['1.555', '10000000000', '-10000000000.00', '9'.repeat(100)]),
  ...every('DATA_OUT_OF_RANGE', 'wide', ['100000000000000000000', '0.0000000000000000001']),
  ...every('DATA_OUT_OF_RANGE', 'fraction', ['1', '0.0000001']),
  ...every('DATA_VALUE', 'boolean', [0, 1, 'true', '', 1n]),
  ...every('DATA_VALUE', 'date', [
    '2023-02-29',
    '1900-02-29',
    '2024-13-01',
    '2024-00-10',
    '2024-1-1',
    '0000-00-00',
    '2024-02-30',
    '+12024-01-01',
  ]),
  ...every('DATA_VALUE', 'date', [new Date(0), 0, '2024-01-01T00:00:00Z', '01/02/2024', 'infinity', 'today']),
  ...every('DATA_OUT_OF_RANGE', 'date', ['0001-01-01', '0999-12-31']),
  ...every('DATA_VALUE', 'time', ['24:00:00', '12:60:00', '12:00', '12:00:00.5', '-01:00:00', '1:00:00', 0, new Date(0)]),
  ...every('DATA_VALUE', 'timestamp', [new Date(Number.NaN), '2026-01-01T00:00:00Z', 0, 'now']),
  ...every(
    'DATA_OUT_OF_RANGE',
    'timestamp',
    ['+010000-01-01T00:00:00Z', '0999-12-31T23:59:59.999Z', '-000001-01-01T00:00:00Z'].map(toDate),
  ),
  ...every('DATA_VALUE', 'json', [{ a: '\0' }, { 'a\0': 1 }, { a: '\udc00' }, [{ '\ud800': 1 }], () => 1, Symbol('x'), { big: 1n }]),
  ...every('DATA_VALUE', 'json', [
    Number.NaN,
    { a: Infinity },
    [undefined],
    { f: () => 1 },
    { d: new Date(0) },
    new Map(),
    { s: new Set() },
  ]),
  ...every('DATA_VALUE', 'json', [{ bytes: new Uint8Array(1) }, { toJSON: () => 1 }, /x/]),
  ...every('DATA_OUT_OF_RANGE', 'json', [nested(501), nested(100_000), cycle]),
  ...every('DATA_VALUE', 'bytes', ['text', [1, 2], new ArrayBuffer(2), new Uint16Array(2), 1]),
  ...every('DATA_TOO_LONG', 'few', [new Uint8Array(4)]),
  ...every('DATA_VALUE', 'kind', ['other', 'DRAFT', 'e\u0301', '', 'draft ', 0]),
];

function every(code: string, column: HostileColumn, values: readonly unknown[]): [HostileColumn, unknown, string][] {
  return values.map((value) => [column, value, code]);
}

function toDate(text: string): Date {
  return new Date(text);
}

/** A list in a list, `levels` deep. */
function nested(levels: number): unknown {
  let value: unknown = [];
  for (let level = 1; level < levels; level++) value = [value];
  return value;
}
