/** Errors as SQL Server words them: number, message, what they become, and what is read from them. */
export const mssqlErrors: readonly (readonly [number: number, message: string, code: string, facts: object])[] = [
  [
    2627,
    `Violation of UNIQUE KEY constraint 'teams_name_unique'. Cannot insert duplicate key in object 'dbo.teams'. The duplicate key value is (secret).`,
    'DATA_UNIQUE',
    { table: 'teams', constraint: 'teams_name_unique' },
  ],
  [
    2601,
    `Cannot insert duplicate key row in object 'dbo.people' with unique index 'people_nick_unique'. The duplicate key value is (secret).`,
    'DATA_UNIQUE',
    { table: 'people', constraint: 'people_nick_unique' },
  ],
  [
    547,
    `The INSERT statement conflicted with the FOREIGN KEY constraint "people_team_id_fkey". The conflict occurred in database "shop", table "dbo.teams", column 'id'.`,
    'DATA_FOREIGN_KEY',
    { constraint: 'people_team_id_fkey' },
  ],
  [
    547,
    `The DELETE statement conflicted with the REFERENCE constraint "people_team_id_fkey". The conflict occurred in database "shop", table "dbo.people", column 'team_id'.`,
    'DATA_FOREIGN_KEY',
    {},
  ],
  [
    547,
    `The INSERT statement conflicted with the CHECK constraint "people_kind_check". The conflict occurred in database "shop", table "dbo.people", column 'kind'.`,
    'DATA_CHECK',
    { constraint: 'people_kind_check' },
  ],
  [
    515,
    `Cannot insert the value NULL into column 'bio', table 'shop.dbo.people'; column does not allow nulls. INSERT fails.`,
    'DATA_NOT_NULL',
    { table: 'people', columns: ['bio'] },
  ],
  [
    2628,
    `String or binary data would be truncated in table 'shop.dbo.people', column 'nick'. Truncated value: 'secret'.`,
    'DATA_TOO_LONG',
    { table: 'people', columns: ['nick'] },
  ],
  [8152, 'String or binary data would be truncated.', 'DATA_TOO_LONG', {}],
  [8115, 'Arithmetic overflow error converting expression to data type int.', 'DATA_OUT_OF_RANGE', {}],
  [3960, 'Snapshot isolation transaction aborted due to update conflict.', 'DATA_SERIALIZATION', {}],
  [1205, 'Transaction (Process ID 52) was deadlocked on lock resources.', 'DATA_DEADLOCK', {}],
  [1222, 'Lock request time out period exceeded.', 'DATA_LOCK_TIMEOUT', {}],
  [3906, 'Failed to update database "shop" because the database is read-only.', 'DATA_READ_ONLY', {}],
  [208, `Invalid object name 'nowhere'.`, 'DATA_SCHEMA_MISMATCH', {}],
  [207, `Invalid column name 'nothing'.`, 'DATA_SCHEMA_MISMATCH', {}],
  [102, `Incorrect syntax near 'secret'.`, 'DATA_STATEMENT', {}],
];
