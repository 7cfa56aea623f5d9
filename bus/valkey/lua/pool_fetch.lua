-- Fetch the user that a worker was handed. ARGV: worker. Returns the user or false.
local user = redis.call('HGET', claims, ARGV[1])
if user then
  redis.call('HDEL', claims, ARGV[1])
  redis.call('ZREM', handed, ARGV[1])
end
return user
