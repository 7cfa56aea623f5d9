-- Count the workers that were seen lately.
return redis.call('ZCOUNT', ready, '(' .. (now_ms() - FORGOTTEN_MS), '+inf')
