resource "aws_sns_topic" "alarms" {
  name              = "${var.name}-alarms"
  kms_master_key_id = var.data_key_arn
}

resource "aws_sns_topic_subscription" "email" {
  for_each = toset(var.alarm_emails)

  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "email"
  endpoint  = each.key
}

data "aws_caller_identity" "this" {}

resource "aws_sns_topic_policy" "alarms" {
  arn = aws_sns_topic.alarms.arn

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "Alarms"
      Effect    = "Allow"
      Principal = { Service = ["cloudwatch.amazonaws.com", "events.amazonaws.com"] }
      Action    = "sns:Publish"
      Resource  = aws_sns_topic.alarms.arn
      Condition = { StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.this.account_id } }
    }]
  })
}

# One table of all alarms. `page` is the runbook that names it, and no other does; `least` is how many of the periods have to be bad; `missing` is what no
# data means: for most nothing happened, for a heartbeat that is the alarm.
locals {
  queue_alarms = merge([
    for queue, told in var.queues : {
      "${queue}-dead" = {
        page       = "dead-letters", says = "Messages were set aside: look at dead letters", namespace = "AWS/SQS"
        metric     = "ApproximateNumberOfMessagesVisible", statistic = "Maximum"
        dimensions = { QueueName = told.dead_name }, above = 0, periods = 1, least = 1
      }
      "${queue}-age" = {
        page       = "stuck-queued", says = "Nobody takes what is in the queue", namespace = "AWS/SQS"
        metric     = "ApproximateAgeOfOldestMessage", statistic = "Maximum"
        dimensions = { QueueName = told.name }, above = told.oldest_age, periods = 3, least = 2
      }
    }
  ]...)

  group_alarms = {
    for queue, told in var.queues : "${queue}-groups" => {
      page       = "capacity", says = "Soon no further group is handed out", namespace = "AWS/SQS"
      metric     = "ApproximateNumberOfGroupsWithInflightMessages", statistic = "Maximum"
      dimensions = { QueueName = told.name }, above = told.most_groups * 0.8, periods = 3, least = 2
    } if told.is_fifo
  }

  function_alarms = merge([
    for function, told in var.functions : {
      "${function}-errors" = {
        page       = "control-plane", says = "The function fails", namespace = "AWS/Lambda", metric = "Errors", statistic = "Sum"
        dimensions = { FunctionName = told.name }, above = 0, periods = 2, least = 2
      }
      "${function}-throttles" = {
        page       = "capacity", says = "More of the function is wanted than may run", namespace = "AWS/Lambda"
        metric     = "Throttles", statistic = "Sum"
        dimensions = { FunctionName = told.name }, above = 0, periods = 1, least = 1
      }
      "${function}-duration" = {
        page       = "control-plane", says = "The function comes near its timeout", namespace = "AWS/Lambda"
        metric     = "Duration", statistic = "p99"
        dimensions = { FunctionName = told.name }, above = told.timeout_seconds * 800, periods = 3, least = 2
      }
      "${function}-concurrency" = {
        page       = "capacity", says = "Nearly as many run as may", namespace = "AWS/Lambda"
        metric     = "ConcurrentExecutions", statistic = "Maximum"
        dimensions = { FunctionName = told.name }, above = var.concurrency[function] * 0.8, periods = 3, least = 2
      }
    }
  ]...)

  part_alarms = {
    "heartbeat" = {
      page       = "control-plane", says = "Maintenance does not run: nothing heals", namespace = "AWS/Lambda"
      metric     = "Invocations", statistic = "Sum", missing = "breaching", below = 1
      dimensions = { FunctionName = var.functions[var.heartbeat].name }, periods = 3, least = 3
    }
    "edge-5xx" = {
      page       = "slow-edge", says = "Edges answer with errors: TradingView repeats, and then gives up", namespace = "AWS/ApplicationELB"
      metric     = "HTTPCode_Target_5XX_Count", statistic = "Sum"
      dimensions = { LoadBalancer = var.balancer_suffix }, above = 5, periods = 1, least = 1
    }
    "balancer-504" = {
      page       = "slow-edge", says = "An edge gave no answer in time: that alert is not repeated", namespace = "AWS/ApplicationELB"
      metric     = "HTTPCode_ELB_504_Count", statistic = "Sum"
      dimensions = { LoadBalancer = var.balancer_suffix }, above = 0, periods = 1, least = 1
    }
    "edge-slow" = {
      page       = "slow-edge", says = "Alerts wait; TradingView gives up after 3 s", namespace = "AWS/ApplicationELB"
      metric     = "TargetResponseTime", statistic = "p99"
      dimensions = { LoadBalancer = var.balancer_suffix }, above = 1, periods = 3, least = 2
    }
    "edge-unhealthy" = {
      page       = "slow-edge", says = "An edge does not answer its check", namespace = "AWS/ApplicationELB"
      metric     = "UnHealthyHostCount", statistic = "Maximum"
      dimensions = { LoadBalancer = var.balancer_suffix, TargetGroup = var.target_group_suffix }, above = 0, periods = 3, least = 3
    }
    "cache-throttled" = {
      page       = "valkey-lost", says = "The cache refuses commands", namespace = "AWS/ElastiCache"
      metric     = "ThrottledCmds", statistic = "Sum"
      dimensions = { clusterId = var.cache_name }, above = 0, periods = 1, least = 1
    }
    "cache-full" = {
      page       = "capacity", says = "The cache is nearly full", namespace = "AWS/ElastiCache"
      metric     = "BytesUsedForCache", statistic = "Maximum"
      dimensions = { clusterId = var.cache_name }, above = var.cache_gigabytes * 0.8 * 1073741824, periods = 3, least = 3
    }
    "database-capacity" = {
      page       = "capacity", says = "The database is as large as it may get", namespace = "AWS/RDS"
      metric     = "ServerlessDatabaseCapacity", statistic = "Average"
      dimensions = { DBClusterIdentifier = var.cluster_id }, above = var.most_units * 0.9, periods = 5, least = 5
    }
    "database-deadlocks" = {
      page       = "postgresql-lost", says = "Transactions lock one another out", namespace = "AWS/RDS"
      metric     = "Deadlocks", statistic = "Sum"
      dimensions = { DBClusterIdentifier = var.cluster_id }, above = 0, periods = 3, least = 2
    }
    "database-memory" = {
      page       = "postgresql-lost", says = "The database runs out of memory", namespace = "AWS/RDS"
      metric     = "FreeableMemory", statistic = "Minimum", below = 268435456
      dimensions = { DBClusterIdentifier = var.cluster_id }, periods = 5, least = 5
    }
    "proxy-logins" = {
      page       = "postgresql-lost", says = "The proxy lets a login in no more: were all migrated?", namespace = "AWS/RDS"
      metric     = "ClientConnectionsSetupFailedAuth", statistic = "Sum"
      dimensions = { ProxyName = var.proxy_name }, above = 0, periods = 3, least = 2
    }
    "workers-full" = {
      page       = "capacity", says = "Workers have nearly all the instances that they may have", namespace = "AWS/AutoScaling"
      metric     = "GroupDesiredCapacity", statistic = "Maximum"
      dimensions = { AutoScalingGroupName = var.instance_group }, above = var.most_instances * 0.9, periods = 5, least = 5
    }
  }

  log_alarms = {
    for event, told in var.log_alarms : "log-${event}" => {
      page       = told.page, says = told.says, namespace = local.own, metric = event, statistic = "Sum"
      dimensions = {}, above = told.above, periods = 1, least = 1
    }
  }

  own    = "4pass/${var.name}"
  alarms = merge(local.queue_alarms, local.group_alarms, local.function_alarms, local.part_alarms, local.log_alarms)
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarms

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = "${each.value.says}. Runbook: docs/runbooks/${each.value.page}.md"
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = startswith(each.value.statistic, "p") ? null : each.value.statistic
  extended_statistic  = startswith(each.value.statistic, "p") ? each.value.statistic : null
  comparison_operator = try(each.value.below, null) == null ? "GreaterThanThreshold" : "LessThanThreshold"
  threshold           = try(each.value.below, each.value.above)
  period              = 60
  evaluation_periods  = each.value.periods
  datapoints_to_alarm = each.value.least
  treat_missing_data  = try(each.value.missing, "notBreaching")
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
}
