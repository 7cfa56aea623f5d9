-- Push commands, read the worker's mark, and let the first asker claim where no worker runs.
-- KEYS: requests, active, claiming. ARGV: ms that the list is kept, ms of a claim, bodies.
-- Returns the worker (or false) and whether to claim.
local requests, active, claiming = KEYS[1], KEYS[2], KEYS[3]
for i = 3, #ARGV do
  redis.call('RPUSH', requests, ARGV[i])
end
redis.call('PEXPIRE', requests, ARGV[1])
local worker = redis.call('GET', active)
-- A mark that is no id is no mark: somebody has to see to a worker.
if worker and #worker == 36 and not worker:find('[^%x-]') then
  return { worker, 0 }
end
if redis.call('SET', claiming, '1', 'NX', 'PX', ARGV[2]) then
  return { false, 1 }
end
return { false, 0 }
