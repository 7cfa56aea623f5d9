# In AWS the right to send covers SendMessageBatch; the emulator asks for a right of that name.
locals {
  send = ["sqs:GetQueueUrl", "sqs:SendMessage", "sqs:SendMessageBatch"]
}

# It takes this and does not tell it back.
resource "aws_ecs_capacity_provider" "this" {
  lifecycle {
    ignore_changes = [auto_scaling_group_provider[0].managed_draining]
  }
}

# It names no algorithm to a policy, so the condition on one is that there is none.
locals {
  algorithm = { Null = { "kms:EncryptionAlgorithm" = "true" } }
}
