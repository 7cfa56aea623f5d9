data "aws_region" "this" {}

resource "aws_ecs_cluster" "this" {
  name = "${var.name}-workers"

  setting {
    name  = "containerInsights"
    value = "enabled"
  }
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/${var.name}/worker"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.data_key_arn
}

# One worker. There is no service: who needs a worker gets one by RunTask, and only then.
resource "aws_ecs_task_definition" "this" {
  family                   = "${var.name}-worker"
  network_mode             = "bridge"
  requires_compatibilities = ["EC2"]
  task_role_arn            = aws_iam_role.task.arn
  execution_role_arn       = aws_iam_role.execution.arn

  container_definitions = jsonencode([{
    name                   = var.task.container
    image                  = var.image
    essential              = true
    cpu                    = var.task.cpu
    memory                 = var.task.memory_mib
    stopTimeout            = var.task.stop_timeout_seconds
    readonlyRootFilesystem = true
    privileged             = false
    user                   = "10001:10001"
    command                = ["worker"]
    environment            = [for name in sort(keys(var.environment)) : { name = name, value = var.environment[name] }]
    secrets                = [for name in sort(keys(var.secrets)) : { name = name, valueFrom = var.secrets[name] }]
    ulimits                = [{ name = "core", softLimit = 0, hardLimit = 0 }]

    linuxParameters = {
      initProcessEnabled = true
      capabilities       = { drop = ["ALL"] }
      tmpfs = [
        { containerPath = "/run/fourpass", size = 1, mountOptions = ["mode=0700", "uid=10001", "gid=10001", "noexec", "nosuid"] },
        { containerPath = "/tmp", size = 16, mountOptions = ["mode=1777", "noexec", "nosuid"] },
      ]
    }

    logConfiguration = {
      logDriver = "awslogs"
      options = {
        awslogs-group         = aws_cloudwatch_log_group.this.name
        awslogs-region        = data.aws_region.this.name
        awslogs-stream-prefix = "worker"
        mode                  = "non-blocking"
        max-buffer-size       = "4m"
      }
    }
  }])
}
