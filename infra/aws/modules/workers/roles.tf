data "aws_partition" "this" {}

data "aws_caller_identity" "this" {}

locals {
  # The one way in which data keys are wrapped.
  algorithm = { StringEquals = { "kms:EncryptionAlgorithm" = "RSAES_OAEP_SHA_256" } }

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

# The one role that opens broker credentials.
resource "aws_iam_role" "task" {
  name               = "${var.name}-worker"
  assume_role_policy = local.tasks
}

resource "aws_iam_role_policy" "task" {
  name = "work"
  role = aws_iam_role.task.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "OpenCredentials"
        Effect    = "Allow"
        Action    = ["kms:Decrypt"]
        Resource  = var.credential_key_arns
        Condition = local.algorithm
      },
      {
        Sid      = "Send"
        Effect   = "Allow"
        Action   = local.send
        Resource = var.send_arns
      },
    ]
  })
}

# What ECS itself needs to start one: image, log, and what it is told in secret.
resource "aws_iam_role" "execution" {
  name               = "${var.name}-worker-start"
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

resource "aws_iam_role" "instance" {
  name = "${var.name}-worker-instance"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ec2.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "instance" {
  role       = aws_iam_role.instance.name
  policy_arn = "arn:${data.aws_partition.this.partition}:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role"
}

resource "aws_iam_instance_profile" "this" {
  name = "${var.name}-worker-instance"
  role = aws_iam_role.instance.name
}
