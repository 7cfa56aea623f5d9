-- Push commands and ask nothing. KEYS: requests. ARGV: ms that the list is kept, bodies.
for i = 2, #ARGV do
  redis.call('RPUSH', KEYS[1], ARGV[i])
end
return redis.call('PEXPIRE', KEYS[1], ARGV[1])
