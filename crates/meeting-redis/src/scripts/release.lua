-- Gives the right to log in back, and remembers a refusal. Repeated, it does the same.
-- KEYS: login, refusal of this secret. ARGV: claimant, number, ms to remember, sealed refusal.
local s = redis.call('HMGET', KEYS[1], 'claim', 'by')
if s[2] == ARGV[1] and tonumber(s[1] or 0) == tonumber(ARGV[2]) then
  redis.call('HDEL', KEYS[1], 'claim', 'by', 'until')
end
if tonumber(ARGV[3]) > 0 then redis.call('SET', KEYS[2], ARGV[4], 'PX', ARGV[3]) end
return {'1'}
