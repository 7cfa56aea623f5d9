-- What the pool's scripts share. A worker is ready or claimed, never both.
--   ready   sorted set ready workers by when they were last seen
--   claims  hash       the user that a worker was handed; handed: the same workers by time
-- A claim that nobody fetched within a minute belongs to a dead worker and is dropped.
local ready, claims, handed = KEYS[1], KEYS[2], KEYS[3]

local FORGOTTEN_MS = 6000
local UNFETCHED_MS = 60000

local function now_ms()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
