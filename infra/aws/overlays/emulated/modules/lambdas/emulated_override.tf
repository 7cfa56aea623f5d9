# In AWS the right to send covers SendMessageBatch; the emulator asks for a right of that name.
locals {
  send = ["sqs:GetQueueUrl", "sqs:SendMessage", "sqs:SendMessageBatch"]

  # It names no cluster to a policy, so the condition on one is that there is none.
  cluster = { Null = { "ecs:cluster" = "true" } }

  # Whatever is asked of ECS, it takes the cluster for the resource.
  definitions = [var.cluster_arn]
  tasks       = [var.cluster_arn]
}
