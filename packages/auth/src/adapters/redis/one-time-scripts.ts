import { redisScript } from '@plinth/data/redis';

// A record is the hash ROOT .. 't:' .. tokenHash; what a subject has stands in ROOT .. 's:' .. subject, by purpose. Each script runs in one
// piece, so nobody sees a record without its entry there, and of several takers one gets it.

/** ROOT, subject, purpose, token hash, record as JSON, tries, end in milliseconds since 1970. */
export const putOneTime = redisScript(`
local root, subject, purpose, token = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local owner = root .. 's:' .. subject
local former = redis.call('HGET', owner, purpose)
if former then
  redis.call('DEL', root .. 't:' .. former)
  redis.call('HDEL', owner, purpose)
end
local time = redis.call('TIME')
local left = tonumber(ARGV[7]) - (time[1] * 1000 + math.floor(time[2] / 1000))
if left <= 0 then return 0 end
redis.call('HSET', root .. 't:' .. token, 'record', ARGV[5], 'tries', ARGV[6], 'subject', subject, 'purpose', purpose)
redis.call('PEXPIRE', root .. 't:' .. token, left)
redis.call('HSET', owner, purpose, token)
if redis.call('PTTL', owner) < left then redis.call('PEXPIRE', owner, left) end
return 1
`);

/** ROOT, token hash. Gives the record and its tries. */
export const findOneTime = redisScript(`
local found = redis.call('HMGET', ARGV[1] .. 't:' .. ARGV[2], 'record', 'tries')
if not found[1] then return nil end
return found
`);

/** ROOT, token hash. Gives the record and its tries to the one who took it. */
export const takeOneTime = redisScript(`
local key = ARGV[1] .. 't:' .. ARGV[2]
local found = redis.call('HMGET', key, 'record', 'tries', 'subject', 'purpose')
if not found[1] then return nil end
redis.call('DEL', key)
redis.call('HDEL', ARGV[1] .. 's:' .. found[3], found[4])
return { found[1], found[2] }
`);

/** ROOT, token hash, limit. Gives the record and its tries with this one. */
export const countOneTimeTry = redisScript(`
local key = ARGV[1] .. 't:' .. ARGV[2]
local found = redis.call('HMGET', key, 'record', 'tries')
if not found[1] or tonumber(found[2]) >= tonumber(ARGV[3]) then return nil end
return { found[1], tostring(redis.call('HINCRBY', key, 'tries', 1)) }
`);

/** ROOT, subject, and a purpose or nothing. Gives the number of records that were there. */
export const removeOneTimes = redisScript(`
local owner = ARGV[1] .. 's:' .. ARGV[2]
local count = 0
local entries = ARGV[3] and { ARGV[3], redis.call('HGET', owner, ARGV[3]) } or redis.call('HGETALL', owner)
for index = 1, #entries, 2 do
  if entries[index + 1] then count = count + redis.call('DEL', ARGV[1] .. 't:' .. entries[index + 1]) end
  redis.call('HDEL', owner, entries[index])
end
return count
`);
