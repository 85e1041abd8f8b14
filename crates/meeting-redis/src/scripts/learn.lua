-- Takes note of a limit. Repeated within a second, it does the same.
-- KEYS: lane. ARGV: interval in us, 0 for none; us without requests after a refusal, 0 for none.
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local text = function(n) return string.format('%.0f', n) end
if tonumber(ARGV[1]) > 0 then redis.call('HSET', KEYS[1], 'learned', ARGV[1]) end
local wait = tonumber(ARGV[2])
if wait > 0 then
  local s = redis.call('HMGET', KEYS[1], 'closed', 'rate', 'since')
  redis.call('HSET', KEYS[1], 'closed', text(math.max(tonumber(s[1] or 0), now + wait)))
  -- Those that were refused together count once.
  if not s[3] or now - tonumber(s[3]) >= 1000000 then
    local rate = 1
    if s[2] then rate = math.min(1, tonumber(s[2]) + (now - tonumber(s[3])) / 100000000) end
    redis.call('HSET', KEYS[1], 'rate', tostring(math.max(0.1, rate * 0.7)), 'since', text(now))
  end
end
redis.call('PEXPIRE', KEYS[1], 3600000)
return {'1'}
