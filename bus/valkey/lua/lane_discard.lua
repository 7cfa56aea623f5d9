-- ARGV: envelope id. Returns 1 if it was there.
local id = ARGV[1]
redis.call('HDEL', dead, id .. ':body', id .. ':why', id .. ':tries')
return redis.call('ZREM', buried, id)
