-- Hand a user to the worker that was seen last. ARGV: user, prefix of the workers' channels.
-- Returns the worker or false.
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
redis.call('PUBLISH', ARGV[2] .. worker, '1')
return worker
