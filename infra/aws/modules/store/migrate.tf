# What brings the schema up to date and lets the roles log in: a task, run by hand after an apply.
# It alone is told all logins, has no role of its own, and is gone when it is done.
data "aws_region" "this" {}

resource "aws_cloudwatch_log_group" "migrate" {
  name              = "/${var.name}/migrate"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.data_key_arn
}

locals {
  told = merge(
    { FOURPASS_DATABASE_URL = "owner" },
    { for who, variable in var.login_variables : variable => who },
  )
}

resource "aws_ecs_task_definition" "migrate" {
  family                   = "${var.name}-migrate"
  network_mode             = "awsvpc"
  requires_compatibilities = ["FARGATE"]
  cpu                      = 256
  memory                   = 512
  execution_role_arn       = aws_iam_role.migrate.arn

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = "X86_64"
  }

  container_definitions = jsonencode([{
    name                   = "migrate"
    image                  = var.image
    essential              = true
    readonlyRootFilesystem = true
    user                   = "10001:10001"
    command                = ["migrate", "--logins"]
    environment            = [for name in sort(keys(var.environment)) : { name = name, value = var.environment[name] }]
    ulimits                = [{ name = "core", softLimit = 0, hardLimit = 0 }]

    secrets = [
      for name in sort(keys(local.told)) :
      { name = name, valueFrom = "${aws_secretsmanager_secret.login[local.told[name]].arn}:FOURPASS_DATABASE_URL::" }
    ]

    linuxParameters = {
      initProcessEnabled = true
      capabilities       = { drop = ["ALL"] }
    }

    logConfiguration = {
      logDriver = "awslogs"
      options = {
        awslogs-group         = aws_cloudwatch_log_group.migrate.name
        awslogs-region        = data.aws_region.this.name
        awslogs-stream-prefix = "migrate"
      }
    }
  }])
}
