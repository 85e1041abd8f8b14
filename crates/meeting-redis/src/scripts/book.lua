-- Books the next free time of some lanes together, by the generic cell rate algorithm. A booking whose
-- answer is lost is a time that nobody uses.
-- KEYS: lanes. ARGV: patience in us, 1 for bulk work, and for each lane its interval in us, 0 for none,
-- and the requests at once.
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local text = function(n) return string.format('%.0f', n) end
local patience, bulk = tonumber(ARGV[1]), ARGV[2] == '1'
local wait, lanes = 0, {}
for i, key in ipairs(KEYS) do
  local full, burst = tonumber(ARGV[1 + 2 * i]), tonumber(ARGV[2 + 2 * i])
  local s = redis.call('HMGET', key, 'due', 'closed', 'rate', 'since', 'learned', 'bulk')
  -- The slower one holds.
  if s[5] and tonumber(s[5]) > full then full, burst = tonumber(s[5]), 1 end
  local interval = full
  if s[3] then
    interval = full / math.min(1, tonumber(s[3]) + (now - tonumber(s[4])) / 100000000)
  end
  local lane = {
    due = tonumber(s[1] or 0), bulk = tonumber(s[6] or 0),
    full = full, interval = interval, ahead = interval * (burst - 1),
  }
  wait = math.max(wait, tonumber(s[2] or 0) - now)
  if full > 0 then
    wait = math.max(wait, lane.due - lane.ahead - now)
    if bulk then wait = math.max(wait, lane.bulk - now) end
  end
  lanes[i] = lane
end
wait = math.ceil(wait)
if wait > patience or (bulk and wait > 0) then return {'late', text(wait), text(now)} end
for i, key in ipairs(KEYS) do
  local lane = lanes[i]
  if lane.full > 0 then
    local due = math.max(lane.due, now + wait - lane.ahead, now) + lane.interval
    redis.call('HSET', key, 'due', text(due))
    if bulk then
      redis.call('HSET', key, 'bulk', text(math.max(lane.bulk, now) + 2 * lane.full))
    end
    redis.call('PEXPIRE', key, 3600000)
  end
end
return {'go', text(wait), text(now)}
