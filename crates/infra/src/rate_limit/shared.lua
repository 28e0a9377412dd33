-- The generic cell rate algorithm, as gcra.rs has it. KEYS: the name. ARGV: interval and tolerance in microseconds.
-- Answers whether one more may happen, and how far the arrival time lies ahead of now.
local interval, tolerance = tonumber(ARGV[1]), tonumber(ARGV[2])
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local arrival = tonumber(redis.call('GET', KEYS[1]) or now)
arrival = math.min(math.max(arrival, now), now + tolerance)
local ahead = arrival + interval - now
if ahead > tolerance then
  return {0, arrival - now}
end
-- Once the time has come the name is as good as new, and is forgotten.
redis.call('SET', KEYS[1], string.format('%.0f', arrival + interval), 'PX', math.ceil(ahead / 1000))
return {1, ahead}
