resource "aws_cloudwatch_log_group" "this" {
  for_each = var.functions

  name              = "/aws/lambda/${var.name}-${each.key}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.data_key_arn
}

resource "aws_lambda_function" "this" {
  for_each = var.functions

  function_name                  = "${var.name}-${each.key}"
  role                           = aws_iam_role.this[each.key].arn
  filename                       = var.package
  source_code_hash               = filebase64sha256(var.package)
  handler                        = each.value.handler
  runtime                        = var.runtime
  architectures                  = [var.architecture]
  timeout                        = each.value.timeout_seconds
  memory_size                    = each.value.memory_mib
  reserved_concurrent_executions = var.concurrency[each.key]

  environment {
    variables = merge(var.environment, { FOURPASS_ADDRESSES_SECRET = var.addresses_secret_arn })
  }

  vpc_config {
    subnet_ids         = var.subnet_ids
    security_group_ids = [var.security_group_id]
  }

  logging_config {
    log_format = "Text"
    log_group  = aws_cloudwatch_log_group.this[each.key].name
  }

  # Without its rights a function would fail its first events.
  depends_on = [aws_iam_role_policy.this]
}

# Reserved and mapped are one number: a mapping that asks for more is throttled, and a throttled
# message counts towards its dead letters.
resource "aws_lambda_event_source_mapping" "this" {
  for_each = var.sources

  event_source_arn        = var.queue_arns[each.key]
  function_name           = aws_lambda_function.this[each.value.function].arn
  batch_size              = each.value.batch_size
  function_response_types = ["ReportBatchItemFailures"]

  scaling_config {
    maximum_concurrency = var.concurrency[each.value.function]
  }
}

resource "aws_cloudwatch_event_rule" "this" {
  for_each = var.schedules

  name                = "${var.name}-${each.key}"
  description         = "Calls ${each.key}"
  schedule_expression = each.value.rate
}

# A turn that is late is not made up for: the next one looks at everything anyway.
resource "aws_cloudwatch_event_target" "this" {
  for_each = var.schedules

  rule = aws_cloudwatch_event_rule.this[each.key].name
  arn  = aws_lambda_function.this[each.key].arn

  retry_policy {
    maximum_event_age_in_seconds = 60
    maximum_retry_attempts       = 0
  }
}

resource "aws_lambda_permission" "schedule" {
  for_each = var.schedules

  statement_id  = "schedule"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.this[each.key].function_name
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.this[each.key].arn
}
