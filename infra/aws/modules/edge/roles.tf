data "aws_partition" "this" {}

data "aws_caller_identity" "this" {}

locals {
  # The right to send is also that to send ten at once.
  send = ["sqs:GetQueueUrl", "sqs:SendMessage"]

  tasks = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ecs-tasks.amazonaws.com" }
      Condition = { StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.this.account_id } }
    }]
  })
}

# It seals and cannot open; it sends and receives nothing but dead letters.
resource "aws_iam_role" "task" {
  name               = "${var.name}-edge"
  assume_role_policy = local.tasks
}

resource "aws_iam_role_policy" "task" {
  name = "serve"
  role = aws_iam_role.task.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "Seal"
        Effect   = "Allow"
        Action   = ["kms:GetPublicKey"]
        Resource = [var.seal_key_arn]
      },
      {
        Sid      = "Send"
        Effect   = "Allow"
        Action   = local.send
        Resource = var.queue_arns
      },
      {
        # How deep they are, and whether they are there; not what is in them.
        Sid      = "Count"
        Effect   = "Allow"
        Action   = ["sqs:GetQueueAttributes"]
        Resource = var.queue_arns
      },
      {
        Sid      = "DeadLetters"
        Effect   = "Allow"
        Action   = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ChangeMessageVisibility"]
        Resource = var.dead_arns
      },
    ]
  })
}

resource "aws_iam_role" "execution" {
  name               = "${var.name}-edge-start"
  assume_role_policy = local.tasks
}

resource "aws_iam_role_policy_attachment" "execution" {
  role       = aws_iam_role.execution.name
  policy_arn = "arn:${data.aws_partition.this.partition}:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
}

resource "aws_iam_role_policy" "execution" {
  name = "read-secrets"
  role = aws_iam_role.execution.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid      = "ReadSecrets"
      Effect   = "Allow"
      Action   = ["secretsmanager:GetSecretValue"]
      Resource = var.secret_arns
    }]
  })
}
