-- ARGV: visibility in ms, attempts allowed, the receipt that the taker has made up.
-- Returns body, attempt and envelope id, or the ms until something is due (-1: nothing is there).
local now = now_ms()
local max_tries = tonumber(ARGV[2])

for _, group in ipairs(redis.call('ZRANGEBYSCORE', flight, '-inf', now, 'LIMIT', 0, 100)) do
  local number = redis.call('HGET', messages, 'first:' .. group)
  if number then
    give_back_first(group, number, redis.call('ZSCORE', flight, group), max_tries, now)
  else
    -- Somebody deleted the messages but not this key.
    redis.call('ZREM', flight, group)
  end
end

local group, number
repeat
  group = redis.call('ZRANGEBYSCORE', ready, '-inf', now, 'LIMIT', 0, 1)[1]
  if group then
    redis.call('ZREM', ready, group)
    number = redis.call('HGET', messages, 'first:' .. group)
  end
until number or not group

if not group then
  local due = -1
  for _, key in ipairs({ ready, flight }) do
    local first = redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')[2]
    if first and (due < 0 or first - now < due) then
      due = math.max(first - now, 0)
    end
  end
  return due
end

local receipt = ARGV[3]
local tries = redis.call('HINCRBY', messages, number .. ':tries', 1)
redis.call('HSET', messages, number .. ':receipt', receipt, 'receipt:' .. receipt, number)
redis.call('ZADD', flight, now + tonumber(ARGV[1]), group)
if redis.call('ZCOUNT', ready, '-inf', now) > 0 then
  ring()
end
return { get(number, 'body'), tries, get(number, 'id') }
