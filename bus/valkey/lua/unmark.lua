-- Take the mark away if it is this worker's. KEYS: active. ARGV: worker.
if redis.call('GET', KEYS[1]) == ARGV[1] then
  return redis.call('DEL', KEYS[1])
end
return 0
