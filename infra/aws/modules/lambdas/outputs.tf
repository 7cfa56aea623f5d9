output "function_names" {
  description = "The functions, by the name of their handler."
  value       = { for name, function in aws_lambda_function.this : name => function.function_name }
}

output "log_groups" {
  description = "The functions' logs."
  value       = { for name, group in aws_cloudwatch_log_group.this : name => group.name }
}
