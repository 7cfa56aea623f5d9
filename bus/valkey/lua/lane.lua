-- What all scripts of a lane share. A lane is one destination; all its keys carry one hash tag.
--   messages  hash       a message's fields by its number, each group's first and last number,
--                        the number that each receipt stands for, and how many are held
--   ready     sorted set groups with nothing in flight, by when their first message is due
--   flight    sorted set groups with their first message in flight, by when its receipt runs out
--   dedup     sorted set dedup ids, by when they are forgotten
--   dead      hash       what was set aside, by envelope id; buried: the same ids by time
--   wake      list       at most one token: somebody who waits should look again
local messages, ready, flight, dedup = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local dead, buried, wake = KEYS[5], KEYS[6], KEYS[7]

local DEAD_KEPT_MS = 14 * 24 * 3600 * 1000

local function now_ms()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local function get(number, name)
  return redis.call('HGET', messages, number .. ':' .. name)
end

local function ring()
  if redis.call('LLEN', wake) == 0 then
    redis.call('RPUSH', wake, '1')
  end
end

-- Take the group's first message away; its next one, if any, becomes ready.
local function drop_first(group, number)
  local following = get(number, 'next')
  local receipt = get(number, 'receipt')
  redis.call('HDEL', messages, number .. ':body', number .. ':id', number .. ':due',
    number .. ':tries', number .. ':receipt', number .. ':why', number .. ':next',
    number .. ':group')
  if receipt then
    redis.call('HDEL', messages, 'receipt:' .. receipt)
  end
  redis.call('ZREM', flight, group)
  if following then
    redis.call('HSET', messages, 'first:' .. group, following)
    redis.call('ZADD', ready, get(following, 'due'), group)
    ring()
  else
    redis.call('HDEL', messages, 'first:' .. group, 'last:' .. group)
    redis.call('ZREM', ready, group)
  end
  redis.call('HINCRBY', messages, 'held', -1)
  if redis.call('ZCARD', ready) + redis.call('ZCARD', flight) == 0 then
    -- Whatever it was: an empty lane counts from nought.
    redis.call('HDEL', messages, 'held')
  end
end

local function bury_first(group, number, reason, now)
  local id = get(number, 'id')
  for _, old in ipairs(redis.call('ZRANGEBYSCORE', buried, '-inf', now - DEAD_KEPT_MS, 'LIMIT', 0, 100)) do
    redis.call('ZREM', buried, old)
    redis.call('HDEL', dead, old .. ':body', old .. ':why', old .. ':tries')
  end
  redis.call('HSET', dead, id .. ':body', get(number, 'body'), id .. ':why', reason,
    id .. ':tries', get(number, 'tries'))
  redis.call('ZADD', buried, now, id)
  drop_first(group, number)
end

-- The group's first message is no longer in flight: due again, or set aside after its last attempt.
local function give_back_first(group, number, due, max_tries, now)
  if tonumber(get(number, 'tries')) >= max_tries then
    local why = get(number, 'why')
    bury_first(group, number, why and 'attempts_exhausted: ' .. why or 'attempts_exhausted', now)
    return
  end
  local receipt = get(number, 'receipt')
  redis.call('HDEL', messages, number .. ':receipt', 'receipt:' .. receipt)
  redis.call('ZREM', flight, group)
  redis.call('ZADD', ready, due, group)
  ring()
end
