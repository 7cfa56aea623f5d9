-- ARGV: delay in ms, dedup window in ms, then group, dedup id, envelope id and body of each.
-- Returns how many were stored; the others are duplicates.
local now = now_ms()
local due = now + tonumber(ARGV[1])
local stored = 0
for i = 3, #ARGV, 4 do
  local group = ARGV[i]
  local known = redis.call('ZSCORE', dedup, ARGV[i + 1])
  if not known or tonumber(known) <= now then
    -- The first write: a server that is out of memory refuses it, and with it the whole script.
    redis.call('ZADD', dedup, now + tonumber(ARGV[2]), ARGV[i + 1])
    local number = redis.call('HINCRBY', messages, 'count', 1)
    local last = redis.call('HGET', messages, 'last:' .. group)
    redis.call('HSET', messages, number .. ':body', ARGV[i + 3], number .. ':id', ARGV[i + 2],
      number .. ':due', due, number .. ':tries', 0, number .. ':group', group,
      'last:' .. group, number)
    if last then
      redis.call('HSET', messages, last .. ':next', number)
    else
      redis.call('HSET', messages, 'first:' .. group, number)
      redis.call('ZADD', ready, due, group)
    end
    stored = stored + 1
  end
end
redis.call('ZREMRANGEBYSCORE', dedup, '-inf', now)
if stored > 0 then
  redis.call('HINCRBY', messages, 'held', stored)
  ring()
end
return stored
