output "queue_arns" {
  description = "The queue of each destination."
  value       = { for name, queue in aws_sqs_queue.this : name => queue.arn }
}

output "queue_names" {
  description = "The queue of each destination, by name."
  value       = { for name, queue in aws_sqs_queue.this : name => queue.name }
}

output "dead_arns" {
  description = "The queue of each destination's dead letters."
  value       = { for name, queue in aws_sqs_queue.dead : name => queue.arn }
}

output "dead_names" {
  description = "The queue of each destination's dead letters, by name."
  value       = { for name, queue in aws_sqs_queue.dead : name => queue.name }
}
