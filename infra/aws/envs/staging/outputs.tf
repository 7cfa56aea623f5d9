output "balancer_dns_name" {
  description = "Where the public name has to point."
  value       = module.house.balancer_dns_name
}

output "egress_addresses" {
  description = "The addresses to tell brokers, where they are made here."
  value       = module.house.egress_addresses
}

output "queue_prefix" {
  description = "What every queue's name begins with."
  value       = module.house.queue_prefix
}

output "login_secret_arns" {
  description = "By login the secret that tells where record and hints are."
  value       = module.house.login_secret_arns
}

output "migrate" {
  description = "What to run after each apply that brings another version or other logins, and where."
  value       = module.house.migrate
}

output "kms_keys" {
  description = "The keys of broker credentials, as FOURPASS_VAULT_KMS_KEYS names them."
  value       = module.house.kms_keys
}

output "cluster_name" {
  description = "Where workers run."
  value       = module.house.cluster_name
}

output "function_names" {
  description = "The functions, by the name of their handler."
  value       = module.house.function_names
}

output "task_definitions" {
  description = "What edge and worker run as."
  value       = module.house.task_definitions
}
