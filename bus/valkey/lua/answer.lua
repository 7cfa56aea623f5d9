-- Leave a reply and wake whoever waits for it. KEYS: reply. ARGV: reply, ms that it is kept.
redis.call('RPUSH', KEYS[1], ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return redis.call('PUBLISH', KEYS[1], '1')
