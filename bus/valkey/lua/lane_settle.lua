-- ARGV: verb, receipt, attempts allowed, ms (retry, extend), reason (retry, bury).
-- Returns 1, or 0 for a receipt that has run out or was settled before: then nothing changes.
local verb, receipt, max_tries = ARGV[1], ARGV[2], tonumber(ARGV[3])
local now = now_ms()

local number = redis.call('HGET', messages, 'receipt:' .. receipt)
if not number then
  return 0
end
local group = get(number, 'group')
local ends = redis.call('ZSCORE', flight, group)
if not ends or tonumber(ends) <= now then
  return 0
end

if verb == 'ack' then
  drop_first(group, number)
elseif verb == 'bury' then
  bury_first(group, number, ARGV[5], now)
elseif verb == 'extend' then
  local longer = now + tonumber(ARGV[4])
  redis.call('ZADD', flight, longer, group)
  if longer < tonumber(ends) then
    ring()
  end
elseif verb == 'retry' then
  redis.call('HDEL', messages, number .. ':why')
  if ARGV[5] ~= '' then
    redis.call('HSET', messages, number .. ':why', ARGV[5])
  end
  give_back_first(group, number, now + tonumber(ARGV[4]), max_tries, now)
elseif verb == 'undo' then
  -- It was taken and never reached the taker: that was no attempt.
  redis.call('HINCRBY', messages, number .. ':tries', -1)
  give_back_first(group, number, now, max_tries, now)
end
return 1
