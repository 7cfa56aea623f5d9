# In AWS the right to send covers SendMessageBatch; the emulator asks for a right of that name.
locals {
  send = ["sqs:GetQueueUrl", "sqs:SendMessage", "sqs:SendMessageBatch"]
}
