# The emulator knows neither the firewall's log nor the scaling of services.
resource "aws_wafv2_web_acl_logging_configuration" "this" {
  count = 0
}

resource "aws_appautoscaling_target" "this" {
  count = 0
}

resource "aws_appautoscaling_policy" "cpu" {
  count = 0

  service_namespace  = "ecs"
  resource_id        = "service/none/none"
  scalable_dimension = "ecs:service:DesiredCount"
}

# It takes this and does not tell it back.
resource "aws_ecs_service" "this" {
  lifecycle {
    ignore_changes = [desired_count, availability_zone_rebalancing]
  }
}

# In AWS the right to send covers SendMessageBatch; the emulator asks for a right of that name.
locals {
  send = ["sqs:GetQueueUrl", "sqs:SendMessage", "sqs:SendMessageBatch"]
}
