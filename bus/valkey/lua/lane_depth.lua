-- Returns how many messages wait, are in flight, and were set aside. A receipt that has run out holds
-- nothing, though the next taker is the one to give it back.
local now = now_ms()
local flying = redis.call('ZCOUNT', flight, '(' .. now, '+inf')
-- A lane that was filled before messages were counted has its groups at least.
local groups = redis.call('ZCARD', ready) + redis.call('ZCARD', flight)
local held = math.max(tonumber(redis.call('HGET', messages, 'held') or '0'), groups)
return { held - flying, flying, redis.call('ZCARD', buried) }
