output "data_key_arn" {
  description = "The key that encrypts what the services keep."
  value       = aws_kms_key.data.arn
}

output "credential_key_arns" {
  description = "The keys of broker credentials, all versions."
  value       = [for version in sort(keys(aws_kms_key.credentials)) : aws_kms_key.credentials[version].arn]
}

output "newest_key_arn" {
  description = "The key that seals."
  value       = aws_kms_key.credentials[local.newest].arn
}

output "kms_keys" {
  description = "All versions, as FOURPASS_VAULT_KMS_KEYS names them."
  value       = join(",", [for version, key in aws_kms_key.credentials : "${version}=${key.arn}"])
}

output "origin_secret_arn" {
  description = "The secret that holds the origin keys."
  value       = aws_secretsmanager_secret.keys["origin"].arn
}

output "box_secret_arn" {
  description = "The secret that holds the keys of the edge's box."
  value       = aws_secretsmanager_secret.keys["box"].arn
}
