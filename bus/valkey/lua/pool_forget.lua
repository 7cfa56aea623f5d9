-- Forget that the user was handed this worker: it ended. KEYS: the user's own. ARGV: worker.
if redis.call('GET', KEYS[1]) == ARGV[1] then
  return redis.call('DEL', KEYS[1])
end
return 0
