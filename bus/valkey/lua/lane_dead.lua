-- ARGV: how many. Returns envelope id, body, reason, attempts and ms since the epoch of each,
-- the newest first.
local found = {}
local ids = redis.call('ZRANGE', buried, 0, tonumber(ARGV[1]) - 1, 'REV', 'WITHSCORES')
for i = 1, #ids, 2 do
  local id = ids[i]
  local fields = redis.call('HMGET', dead, id .. ':body', id .. ':why', id .. ':tries')
  table.insert(found, { id, fields[1], fields[2], fields[3], ids[i + 1] })
end
return found
