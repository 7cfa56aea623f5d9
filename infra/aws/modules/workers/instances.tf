resource "aws_launch_template" "this" {
  name                   = "${var.name}-workers"
  image_id               = "resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id"
  instance_type          = var.size.instance_type
  update_default_version = true
  vpc_security_group_ids = [var.security_group_id]

  iam_instance_profile {
    arn = aws_iam_instance_profile.this.arn
  }

  # Tokens only, and none for a container behind the bridge: it would be the instance's role.
  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }

  monitoring {
    enabled = true
  }

  block_device_mappings {
    device_name = "/dev/xvda"

    ebs {
      encrypted             = true
      volume_type           = "gp3"
      volume_size           = 30
      delete_on_termination = true
    }
  }

  user_data = base64encode(<<-AGENT
    #!/bin/sh
    cat >> /etc/ecs/ecs.config <<CONFIG
    ECS_CLUSTER=${aws_ecs_cluster.this.name}
    ECS_CONTAINER_STOP_TIMEOUT=${var.task.stop_timeout_seconds}s
    ECS_DISABLE_PRIVILEGED=true
    ECS_ENABLE_TASK_IAM_ROLE=true
    ECS_IMAGE_PULL_BEHAVIOR=prefer-cached
    CONFIG
  AGENT
  )

  tag_specifications {
    resource_type = "instance"
    tags          = { Name = "${var.name}-workers" }
  }
}

resource "aws_autoscaling_group" "this" {
  name                  = "${var.name}-workers"
  min_size              = var.size.least
  max_size              = var.size.most
  vpc_zone_identifier   = var.subnet_ids
  protect_from_scale_in = var.termination_protection
  health_check_type     = "EC2"
  force_delete          = !var.termination_protection

  launch_template {
    id      = aws_launch_template.this.id
    version = aws_launch_template.this.latest_version
  }

  # ECS looks for this tag, and sets the number of instances itself.
  tag {
    key                 = "AmazonECSManaged"
    value               = ""
    propagate_at_launch = true
  }

  lifecycle {
    ignore_changes = [desired_capacity]
  }
}

resource "aws_ecs_capacity_provider" "this" {
  name = "${var.name}-workers"

  auto_scaling_group_provider {
    auto_scaling_group_arn         = aws_autoscaling_group.this.arn
    managed_termination_protection = var.termination_protection ? "ENABLED" : "DISABLED"
    managed_draining               = "ENABLED"

    # A tenth stays free, so that a worker need not wait for an instance.
    managed_scaling {
      status                    = "ENABLED"
      target_capacity           = 90
      minimum_scaling_step_size = 1
      maximum_scaling_step_size = 10
      instance_warmup_period    = 60
    }
  }
}

resource "aws_ecs_cluster_capacity_providers" "this" {
  cluster_name       = aws_ecs_cluster.this.name
  capacity_providers = [aws_ecs_capacity_provider.this.name]

  default_capacity_provider_strategy {
    capacity_provider = aws_ecs_capacity_provider.this.name
    weight            = 1
  }
}
