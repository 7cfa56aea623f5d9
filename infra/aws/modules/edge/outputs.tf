output "balancer_dns_name" {
  description = "Where the public name has to point."
  value       = aws_lb.this.dns_name
}

output "balancer_suffix" {
  description = "The load balancer, as its metrics call it."
  value       = aws_lb.this.arn_suffix
}

output "target_group_suffix" {
  description = "The edges, as their metrics call them."
  value       = aws_lb_target_group.this.arn_suffix
}

output "task_role_arn" {
  description = "The role of an edge."
  value       = aws_iam_role.task.arn
}

output "task_definition" {
  description = "What an edge runs as."
  value       = aws_ecs_task_definition.this.family
}

output "log_group" {
  description = "The edges' log."
  value       = aws_cloudwatch_log_group.this.name
}

output "cluster_name" {
  description = "Where edges run, and what is run once on machines of nobody's."
  value       = aws_ecs_cluster.this.name
}
