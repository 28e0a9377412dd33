-- The generic cell rate algorithm, as gcra.rs has it. KEYS: the name. ARGV: interval and tolerance in microseconds, and
-- how many are wanted at once. Answers how many of them may happen, and how far the arrival time lies ahead of now.
local interval, tolerance, wanted = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local arrival = tonumber(redis.call('GET', KEYS[1]) or now)
arrival = math.min(math.max(arrival, now), now + tolerance)
local granted = math.min(wanted, math.floor((now + tolerance - arrival) / interval))
if granted < 1 then
  return {0, arrival - now}
end
arrival = arrival + granted * interval
-- Once the time has come the name is as good as new, and is forgotten.
redis.call('SET', KEYS[1], string.format('%.0f', arrival), 'PX', math.ceil((arrival - now) / 1000))
return {granted, arrival - now}
