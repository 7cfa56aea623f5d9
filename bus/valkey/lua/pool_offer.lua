-- Say that a worker is ready, unless it was just handed a user. ARGV: worker.
local worker = ARGV[1]
if redis.call('HEXISTS', claims, worker) == 1 then
  return 0
end
local now = now_ms()
redis.call('ZREMRANGEBYSCORE', ready, '-inf', now - FORGOTTEN_MS)
redis.call('ZADD', ready, now, worker)
return 1
