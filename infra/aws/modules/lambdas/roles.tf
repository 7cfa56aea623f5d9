data "aws_partition" "this" {}

data "aws_region" "this" {}

data "aws_caller_identity" "this" {}

locals {
  # The right to send is also that to send ten at once.
  send = ["sqs:GetQueueUrl", "sqs:SendMessage"]

  ecs     = "arn:${data.aws_partition.this.partition}:ecs:${data.aws_region.this.name}:${data.aws_caller_identity.this.account_id}"
  cluster = { ArnEquals = { "ecs:cluster" = var.cluster_arn } }

  definitions = ["${local.ecs}:task-definition/${var.worker_family}:*"]
  tasks       = ["${replace(var.cluster_arn, ":cluster/", ":task/")}/*"]

  # What a function may do, besides being a function. Parts that it has no use for are left out.
  statements = {
    for name, function in var.functions : name => concat(
      [
        {
          Sid      = "ReadAddresses"
          Effect   = "Allow"
          Action   = ["secretsmanager:GetSecretValue"]
          Resource = [var.addresses_secret_arn]
        },
        {
          Sid      = "WriteLog"
          Effect   = "Allow"
          Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
          Resource = ["${aws_cloudwatch_log_group.this[name].arn}:*"]
        },
      ],
      [for queues in [function.receives_from] : {
        Sid      = "Receive"
        Effect   = "Allow"
        Action   = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ChangeMessageVisibility"]
        Resource = [for queue in queues : var.queue_arns[queue]]
      } if length(queues) > 0],
      [for queues in [function.sends_to] : {
        Sid      = "Send"
        Effect   = "Allow"
        Action   = local.send
        Resource = [for queue in queues : var.queue_arns[queue]]
      } if length(queues) > 0],
      [for queues in [function.sets_aside] : {
        Sid      = "SetAside"
        Effect   = "Allow"
        Action   = local.send
        Resource = [for queue in queues : var.dead_arns[queue]]
      } if length(queues) > 0],
    )
  }

  # What each verb of the launcher's port asks of ECS. ECS knows no resource for two of its reads;
  # they show names of tasks and definitions, and nothing that is in them.
  list = [
    {
      Sid       = "List"
      Effect    = "Allow"
      Action    = ["ecs:ListTasks"]
      Resource  = ["*"]
      Condition = local.cluster
    },
    {
      Sid       = "Look"
      Effect    = "Allow"
      Action    = ["ecs:DescribeTasks"]
      Resource  = local.tasks
      Condition = local.cluster
    },
  ]

  verbs = {
    list = local.list

    launch = [
      {
        Sid       = "Launch"
        Effect    = "Allow"
        Action    = ["ecs:RunTask"]
        Resource  = local.definitions
        Condition = local.cluster
      },
      {
        Sid       = "Name"
        Effect    = "Allow"
        Action    = ["ecs:TagResource"]
        Resource  = local.tasks
        Condition = { StringEquals = { "ecs:CreateAction" = "RunTask" } }
      },
      {
        Sid       = "HandOver"
        Effect    = "Allow"
        Action    = ["iam:PassRole"]
        Resource  = var.worker_role_arns
        Condition = { StringEquals = { "iam:PassedToService" = "ecs-tasks.amazonaws.com" } }
      },
    ]

    stop = [{
      Sid       = "Stop"
      Effect    = "Allow"
      Action    = ["ecs:StopTask"]
      Resource  = local.tasks
      Condition = local.cluster
    }]

    version = [{
      Sid      = "Version"
      Effect   = "Allow"
      Action   = ["ecs:DescribeTaskDefinition"]
      Resource = ["*"]
    }]
  }
}

resource "aws_iam_role" "this" {
  for_each = var.functions

  name = "${var.name}-${each.key}"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy" "this" {
  for_each = var.functions

  name = "act"
  role = aws_iam_role.this[each.key].id

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = local.statements[each.key]
  })
}

resource "aws_iam_role_policy" "workers" {
  for_each = { for name, function in var.functions : name => function if length(function.launcher) > 0 }

  name = "workers"
  role = aws_iam_role.this[each.key].id

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = concat([for verb in each.value.launcher : local.verbs[verb]]...)
  })
}

# The interfaces of a function inside the VPC: AWS makes them with this and cannot do with less.
resource "aws_iam_role_policy" "interface" {
  for_each = var.functions

  name = "interface"
  role = aws_iam_role.this[each.key].id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid    = "Interface"
      Effect = "Allow"
      Action = [
        "ec2:AssignPrivateIpAddresses", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface",
        "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:UnassignPrivateIpAddresses",
      ]
      Resource = ["*"]
    }]
  })
}
