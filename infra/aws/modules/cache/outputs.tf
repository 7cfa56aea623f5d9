output "name" {
  description = "Its name, by which its metrics are found."
  value       = aws_elasticache_serverless_cache.this.name
}

output "url" {
  description = "Where it answers, as FOURPASS_VALKEY_URL says it."
  value       = "rediss://${aws_elasticache_serverless_cache.this.endpoint[0].address}:${aws_elasticache_serverless_cache.this.endpoint[0].port}/0"
}
