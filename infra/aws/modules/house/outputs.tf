output "balancer_dns_name" {
  description = "Where the public name has to point."
  value       = module.edge.balancer_dns_name
}

output "egress_addresses" {
  description = "The addresses to tell brokers, where they are made here."
  value       = module.network.egress_addresses
}

output "queue_prefix" {
  description = "What every queue's name begins with."
  value       = local.prefix
}

output "login_secret_arns" {
  description = "By login the secret that tells where record and hints are."
  value       = module.store.login_secret_arns
}

output "migrate" {
  description = "What to run after each apply that brings another version or other logins, and where."
  value = {
    cluster         = module.edge.cluster_name
    task_definition = module.store.migrate_task_definition
    subnets         = module.network.private_subnet_ids
    security_group  = module.network.security_group_ids["migrate"]
  }
}

output "kms_keys" {
  description = "The keys of broker credentials, as FOURPASS_VAULT_KMS_KEYS names them."
  value       = module.vault.kms_keys
}

output "cluster_name" {
  description = "Where workers run."
  value       = module.workers.cluster_name
}

output "function_names" {
  description = "The functions, by the name of their handler."
  value       = module.lambdas.function_names
}

output "task_definitions" {
  description = "What edge and worker run as."
  value       = { edge = module.edge.task_definition, worker = module.workers.family }
}
