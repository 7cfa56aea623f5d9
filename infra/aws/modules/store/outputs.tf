output "login_secret_arns" {
  description = "By login the secret that tells FOURPASS_DATABASE_URL and FOURPASS_VALKEY_URL."
  value       = { for who, login in aws_secretsmanager_secret.login : who => login.arn }
}

output "migrate_task_definition" {
  description = "What brings the schema up to date and lets the roles log in."
  value       = aws_ecs_task_definition.migrate.family
}

output "cluster_id" {
  description = "The cluster, by which its metrics are found."
  value       = aws_rds_cluster.this.cluster_identifier
}

output "proxy_name" {
  description = "The proxy, by which its metrics are found."
  value       = aws_db_proxy.this.name
}

output "proxy_endpoint" {
  description = "Where the record answers."
  value       = aws_db_proxy.this.endpoint
}
