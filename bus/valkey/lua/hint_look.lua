-- Read the worker's mark, and count the inflight lists that are there. KEYS: active, then the lists.
local lists = 0
for _, key in ipairs({ unpack(KEYS, 2) }) do
  lists = lists + redis.call('EXISTS', key)
end
return { redis.call('GET', KEYS[1]), lists }
