-- Puts a login, unless there is a newer one. Repeated, it does the same.
-- KEYS: login, refusal of this secret. ARGV: number, sealed tokens, ms that are left, lifetime in ms,
-- ms that are left of the refresh token.
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local text = function(n) return string.format('%.0f', n) end
local number = tonumber(ARGV[1])
local s = redis.call('HMGET', KEYS[1], 'number', 'last', 'claim')
if tonumber(s[1] or 0) > number then return {'0'} end
redis.call('HSET', KEYS[1], 'number', ARGV[1], 'sealed', ARGV[2],
  'good_until', text(now + tonumber(ARGV[3])), 'lifetime', ARGV[4],
  'refresh_until', text(now + tonumber(ARGV[5])),
  'last', text(math.max(tonumber(s[2] or 0), number)))
if tonumber(s[3] or 0) == number then redis.call('HDEL', KEYS[1], 'claim', 'by', 'until') end
redis.call('DEL', KEYS[2])
redis.call('PEXPIRE', KEYS[1], text(math.max(tonumber(ARGV[3]), tonumber(ARGV[5])) + 86400000))
return {'1'}
