# What our own logs say, counted: one filter a log and event.
locals {
  counted = merge([
    for part, group in var.log_groups : {
      for event in keys(var.log_alarms) : "${part}/${event}" => { group = group, event = event }
    }
  ]...)
}

resource "aws_cloudwatch_log_metric_filter" "this" {
  for_each = local.counted

  name           = replace("${var.name}-${each.key}", "/", "-")
  log_group_name = each.value.group
  pattern        = "{ $.event = \"${each.value.event}\" }"

  metric_transformation {
    namespace     = local.own
    name          = each.value.event
    value         = "1"
    default_value = "0"
  }
}

# Somebody who is no worker opens, or tries to open, broker credentials. CloudTrail has to be on.
resource "aws_cloudwatch_event_rule" "decrypt" {
  name        = "${var.name}-decrypt"
  description = "Broker credentials were opened by somebody who is no worker"

  event_pattern = jsonencode({
    source      = ["aws.kms"]
    detail-type = ["AWS API Call via CloudTrail"]
    detail = {
      eventName = ["Decrypt"]
      resources = { ARN = var.credential_key_arns }
      userIdentity = {
        sessionContext = { sessionIssuer = { userName = [{ "anything-but" = [var.worker_role_name] }] } }
      }
    }
  })
}

resource "aws_cloudwatch_event_target" "decrypt" {
  rule = aws_cloudwatch_event_rule.decrypt.name
  arn  = aws_sns_topic.alarms.arn
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = var.name

  dashboard_body = jsonencode({
    widgets = [
      for index, shown in [
        {
          title  = "Alarms"
          alarms = [for alarm in aws_cloudwatch_metric_alarm.this : alarm.arn]
        },
        {
          title  = "Alerts: how long their answer takes"
          period = 60
          metrics = [
            ["AWS/ApplicationELB", "TargetResponseTime", "LoadBalancer", var.balancer_suffix, { stat = "p50" }],
            ["AWS/ApplicationELB", "TargetResponseTime", "LoadBalancer", var.balancer_suffix, { stat = "p99" }],
          ]
        },
        {
          title   = "Queues: the age of the oldest message"
          period  = 60
          metrics = [for told in var.queues : ["AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName", told.name, { stat = "Maximum" }]]
        },
        {
          title   = "Functions: how long they take"
          period  = 60
          metrics = [for told in var.functions : ["AWS/Lambda", "Duration", "FunctionName", told.name, { stat = "p99" }]]
        },
        ] : {
        type       = can(shown.alarms) ? "alarm" : "metric"
        x          = (index % 2) * 12
        y          = floor(index / 2) * 6
        width      = 12
        height     = 6
        properties = merge(shown, can(shown.alarms) ? {} : { region = data.aws_region.this.name })
      }
    ]
  })
}

data "aws_region" "this" {}
