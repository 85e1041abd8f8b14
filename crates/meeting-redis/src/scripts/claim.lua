-- Asks for a login above a number. Repeated by the same claimant, it gives the same number.
-- KEYS: login, refusal of this secret. ARGV: claimant, number, patience in ms.
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local s = redis.call('HMGET', KEYS[1],
  'number', 'sealed', 'good_until', 'lifetime', 'refresh_until', 'last', 'claim', 'by', 'until')
local newer = tonumber(ARGV[2])
local text = function(n) return string.format('%.0f', n) end
local left = function(until_) return text(math.max(0, tonumber(until_ or 0) - now)) end
if s[2] and tonumber(s[1]) > newer and tonumber(s[3]) > now then
  return {'have', s[1], s[2], left(s[3]), s[4], left(s[5])}
end
local refused = redis.call('GET', KEYS[2])
if refused then return {'refused', refused} end
local mine = s[8] == ARGV[1]
if s[8] and not mine and tonumber(s[9]) > now then
  return {'busy', left(s[9])}
end
local number
if mine and tonumber(s[7]) > newer then
  number = tonumber(s[7])
else
  -- A server that was emptied begins above what its clients have.
  number = math.max(tonumber(s[6] or 0), newer) + 1
end
redis.call('HSET', KEYS[1], 'last', text(number), 'claim', text(number),
  'by', ARGV[1], 'until', text(now + tonumber(ARGV[3])))
if redis.call('PTTL', KEYS[1]) < 86400000 then redis.call('PEXPIRE', KEYS[1], 86400000) end
if s[2] then
  return {'yours', text(number), s[2], left(s[3]), s[4], left(s[5])}
end
return {'yours', text(number)}
