-- Forgets the login of a number. Repeated, it does the same.
-- KEYS: login. ARGV: number.
if tonumber(redis.call('HGET', KEYS[1], 'number') or 0) == tonumber(ARGV[1]) then
  redis.call('HDEL', KEYS[1], 'number', 'sealed', 'good_until', 'lifetime', 'refresh_until')
end
return {'1'}
