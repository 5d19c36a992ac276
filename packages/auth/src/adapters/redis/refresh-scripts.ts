import { redisScript } from '@plinth/data/redis';

// A family is the hash <root>f:<family hash>; <root>u:<user> is the sorted set of a user's families by their end. Both expire by the
// server's clock. Scripts run in one piece: of any number of rotations of one token one finds it valid.
const common = `
local root = ARGV[1]
local function family(hash) return root .. 'f:' .. hash end
local function drop(hash, user)
  redis.call('ZREM', root .. 'u:' .. user, hash)
  return redis.call('DEL', family(hash))
end
local function expire(hash)
  local found = redis.call('HMGET', family(hash), 'userKey', 'idleUntil', 'endsAt')
  local at = string.format('%.0f', math.min(tonumber(found[2]), tonumber(found[3])))
  local user = root .. 'u:' .. found[1]
  redis.call('ZADD', user, at, hash)
  redis.call('PEXPIREAT', family(hash), at)
  local last = redis.call('ZRANGE', user, -1, -1, 'WITHSCORES')
  redis.call('PEXPIREAT', user, string.format('%.0f', tonumber(last[2])))
end
`;

/** ARGV: root, family hash, user key, then fields and values. */
export const insertRefresh = redisScript(`${common}
local time = redis.call('TIME')
redis.call('ZREMRANGEBYSCORE', root .. 'u:' .. ARGV[3], '-inf', time[1] * 1000)
redis.call('HSET', family(ARGV[2]), 'userKey', ARGV[3], unpack(ARGV, 4))
expire(ARGV[2])
return 1
`);

/** ARGV: root, family hash. */
export const findRefresh = redisScript(`${common}
return redis.call('HGETALL', family(ARGV[2]))
`);

/** ARGV: root, family hash, the token hash that must be valid, then fields and values. */
export const rotateRefresh = redisScript(`${common}
if redis.call('HGET', family(ARGV[2]), 'tokenHash') ~= ARGV[3] then return 0 end
redis.call('HSET', family(ARGV[2]), unpack(ARGV, 4))
expire(ARGV[2])
return 1
`);

/** ARGV: root, family hash. */
export const removeRefresh = redisScript(`${common}
local user = redis.call('HGET', family(ARGV[2]), 'userKey')
if not user then return 0 end
return drop(ARGV[2], user)
`);

/** ARGV: root, user key, then names and values of fields that must be so. */
export const removeRefreshOf = redisScript(`${common}
local removed = 0
for _, hash in ipairs(redis.call('ZRANGE', root .. 'u:' .. ARGV[2], 0, -1)) do
  local meant = true
  for index = 3, #ARGV, 2 do
    if redis.call('HGET', family(hash), ARGV[index]) ~= ARGV[index + 1] then meant = false end
  end
  if meant then removed = removed + drop(hash, ARGV[2]) end
end
return removed
`);

/** ARGV: root, user key. */
export const listRefresh = redisScript(`${common}
local all = {}
for _, hash in ipairs(redis.call('ZRANGE', root .. 'u:' .. ARGV[2], 0, -1)) do
  local found = redis.call('HGETALL', family(hash))
  if #found > 0 then all[#all + 1] = found end
end
return all
`);
