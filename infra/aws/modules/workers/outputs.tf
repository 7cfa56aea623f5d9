output "cluster_name" {
  description = "The cluster, as FOURPASS_ECS_CLUSTER names it."
  value       = aws_ecs_cluster.this.name
}

output "cluster_arn" {
  description = "The cluster."
  value       = aws_ecs_cluster.this.arn
}

output "family" {
  description = "The task definition's family, as FOURPASS_ECS_TASK_DEFINITION names it."
  value       = aws_ecs_task_definition.this.family
}

output "capacity_provider" {
  description = "Whose instances the tasks run on, as FOURPASS_ECS_CAPACITY_PROVIDER names it."
  value       = aws_ecs_capacity_provider.this.name
}

output "task_role_arn" {
  description = "The role of a worker."
  value       = aws_iam_role.task.arn
}

output "execution_role_arn" {
  description = "The role that starts a worker."
  value       = aws_iam_role.execution.arn
}

output "log_group" {
  description = "The workers' log."
  value       = aws_cloudwatch_log_group.this.name
}

output "instance_group" {
  description = "The instances, by which their metrics are found."
  value       = aws_autoscaling_group.this.name
}
