output "addresses_secret_arn" {
  description = "The secret that tells FOURPASS_DATABASE_URL and FOURPASS_VALKEY_URL."
  value       = aws_secretsmanager_secret.addresses.arn
}

output "cluster_id" {
  description = "The cluster, by which its metrics are found."
  value       = aws_rds_cluster.this.cluster_identifier
}

output "proxy_endpoint" {
  description = "Where the record answers."
  value       = aws_db_proxy.this.endpoint
}
