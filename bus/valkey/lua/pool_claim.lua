-- Hand a user to the worker that was seen last; asked again soon for the same user, name the same
-- one. KEYS besides the pool's: what this user was handed. ARGV: user, prefix of the workers'
-- channels, ms for which a claim counts as made. Returns the worker or false.
local made = KEYS[4]
local named = redis.call('GET', made)
if named then
  return named
end
local now = now_ms()
for _, old in ipairs(redis.call('ZRANGEBYSCORE', handed, '-inf', now - UNFETCHED_MS, 'LIMIT', 0, 100)) do
  redis.call('ZREM', handed, old)
  redis.call('HDEL', claims, old)
end
redis.call('ZREMRANGEBYSCORE', ready, '-inf', now - FORGOTTEN_MS)
local worker = redis.call('ZPOPMAX', ready)[1]
if not worker then
  return false
end
redis.call('HSET', claims, worker, ARGV[1])
redis.call('ZADD', handed, now, worker)
redis.call('SET', made, worker, 'PX', ARGV[3])
redis.call('PUBLISH', ARGV[2] .. worker, '1')
return worker
