-- Read the worker's mark, and count the inflight lists that are there. KEYS: active, then the lists.
local lists = 0
for i = 2, #KEYS do
  lists = lists + redis.call('EXISTS', KEYS[i])
end
return { redis.call('GET', KEYS[1]), lists }
