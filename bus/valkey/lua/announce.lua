-- Publish to several topics at once. KEYS: one of the topics. ARGV: the payload, all topics.
-- A node tells all others of its cluster, so it does not matter which one publishes.
for i = 2, #ARGV do
  redis.call('PUBLISH', ARGV[i], ARGV[1])
end
return 0
