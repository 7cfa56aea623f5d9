resource "aws_sqs_queue" "dead" {
  for_each = var.queues

  name                       = "${var.prefix}${each.key}-dead${each.value.fifo ? ".fifo" : ""}"
  fifo_queue                 = each.value.fifo
  deduplication_scope        = each.value.deduplication_scope
  fifo_throughput_limit      = each.value.throughput_limit
  visibility_timeout_seconds = each.value.dead_visibility_seconds
  message_retention_seconds  = each.value.dead_retention_seconds
  sqs_managed_sse_enabled    = true
}

resource "aws_sqs_queue" "this" {
  for_each = var.queues

  name                       = "${var.prefix}${each.key}${each.value.fifo ? ".fifo" : ""}"
  fifo_queue                 = each.value.fifo
  deduplication_scope        = each.value.deduplication_scope
  fifo_throughput_limit      = each.value.throughput_limit
  visibility_timeout_seconds = each.value.visibility_seconds
  delay_seconds              = each.value.delay_seconds
  message_retention_seconds  = each.value.retention_seconds
  sqs_managed_sse_enabled    = true

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead[each.key].arn
    maxReceiveCount     = each.value.max_receive_count
  })
}

resource "aws_sqs_queue_redrive_allow_policy" "dead" {
  for_each = var.queues

  queue_url = aws_sqs_queue.dead[each.key].id

  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = [aws_sqs_queue.this[each.key].arn]
  })
}

locals {
  all = merge(
    { for name, queue in aws_sqs_queue.this : name => queue },
    { for name, queue in aws_sqs_queue.dead : "${name}-dead" => queue },
  )
}

# In the clear nobody gets in, whatever their role allows.
resource "aws_sqs_queue_policy" "tls" {
  for_each = local.all

  queue_url = each.value.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "TlsOnly"
      Effect    = "Deny"
      Principal = "*"
      Action    = "sqs:*"
      Resource  = each.value.arn
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })
}
