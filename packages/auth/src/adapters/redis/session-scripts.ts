import { redisScript } from '@plinth/data/redis';

// A session is a hash at <root>s:<id>; <root>t:<token hash> and <root>f:<family hash> lead to its id, and <root>u:<user> to all ids of a
// user. All of them expire together, by the server's clock. Scripts run in one piece, so that a session is never half there.
const common = `
local root = ARGV[1]
local function drop(id)
  local found = redis.call('HMGET', root .. 's:' .. id, 'tokenHash', 'familyHash', 'userKey')
  if not found[1] then return 0 end
  redis.call('DEL', root .. 's:' .. id, root .. 't:' .. found[1])
  if found[2] and found[2] ~= '' then redis.call('DEL', root .. 'f:' .. found[2]) end
  redis.call('ZREM', root .. 'u:' .. found[3], id)
  return 1
end
local function expire(id)
  local found = redis.call('HMGET', root .. 's:' .. id, 'tokenHash', 'familyHash', 'userKey', 'idleUntil', 'endsAt')
  local ends = math.min(tonumber(found[4]), tonumber(found[5]))
  local at = string.format('%.0f', ends)
  redis.call('PEXPIREAT', root .. 's:' .. id, at)
  redis.call('PEXPIREAT', root .. 't:' .. found[1], at)
  if found[2] ~= '' then redis.call('PEXPIREAT', root .. 'f:' .. found[2], at) end
  local user = root .. 'u:' .. found[3]
  redis.call('ZADD', user, at, id)
  local last = redis.call('ZRANGE', user, -1, -1, 'WITHSCORES')
  if last[2] then redis.call('PEXPIREAT', user, string.format('%.0f', tonumber(last[2]))) end
end
local function set(id, from)
  local before = redis.call('HMGET', root .. 's:' .. id, 'tokenHash', 'familyHash')
  redis.call('HSET', root .. 's:' .. id, unpack(ARGV, from))
  local after = redis.call('HMGET', root .. 's:' .. id, 'tokenHash', 'familyHash')
  if before[1] and before[1] ~= after[1] then redis.call('DEL', root .. 't:' .. before[1]) end
  if before[2] and before[2] ~= '' and before[2] ~= after[2] then redis.call('DEL', root .. 'f:' .. before[2]) end
  redis.call('SET', root .. 't:' .. after[1], id)
  if after[2] ~= '' then redis.call('SET', root .. 'f:' .. after[2], id) end
  expire(id)
end
`;

/** ARGV: root, id, then fields and values. */
export const insertSession = redisScript(`${common}
local time = redis.call('TIME')
local user
for index = 3, #ARGV, 2 do if ARGV[index] == 'userKey' then user = ARGV[index + 1] end end
redis.call('ZREMRANGEBYSCORE', root .. 'u:' .. user, '-inf', time[1] * 1000)
set(ARGV[2], 3)
return 1
`);

/** ARGV: root, `t` or `f`, the hash. */
export const findSession = redisScript(`${common}
local id = redis.call('GET', root .. ARGV[2] .. ':' .. ARGV[3])
if not id then return {} end
return redis.call('HGETALL', root .. 's:' .. id)
`);

/** ARGV: root, token hash, then fields and values. */
export const updateSession = redisScript(`${common}
local id = redis.call('GET', root .. 't:' .. ARGV[2])
if not id or redis.call('EXISTS', root .. 's:' .. id) == 0 then return 0 end
if #ARGV > 2 then set(id, 3) end
return 1
`);

/** ARGV: root, user key. */
export const listSessions = redisScript(`${common}
local all = {}
for _, id in ipairs(redis.call('ZRANGE', root .. 'u:' .. ARGV[2], 0, -1)) do
  local found = redis.call('HGETALL', root .. 's:' .. id)
  if #found > 0 then all[#all + 1] = found end
end
return all
`);

/** ARGV: root, user key, id. */
export const removeSession = redisScript(`${common}
if redis.call('HGET', root .. 's:' .. ARGV[3], 'userKey') ~= ARGV[2] then return 0 end
return drop(ARGV[3])
`);

/** ARGV: root, token hash. */
export const removeSessionByToken = redisScript(`${common}
local id = redis.call('GET', root .. 't:' .. ARGV[2])
if not id then return 0 end
return drop(id)
`);

/** ARGV: root, user key, the id that stays, or nothing. */
export const removeSessionsOf = redisScript(`${common}
local removed = 0
for _, id in ipairs(redis.call('ZRANGE', root .. 'u:' .. ARGV[2], 0, -1)) do
  if id ~= ARGV[3] then removed = removed + drop(id) end
end
return removed
`);
