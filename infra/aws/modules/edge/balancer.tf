# No access log: its lines would hold the paths of webhooks, and these hold their tokens.
resource "aws_lb" "this" {
  name                       = "${var.name}-edge"
  load_balancer_type         = "application"
  internal                   = false
  subnets                    = var.public_subnet_ids
  security_groups            = [var.balancer_security_group_id]
  enable_deletion_protection = var.deletion_protection
  drop_invalid_header_fields = true
  desync_mitigation_mode     = "strictest"

  # A live stream says something every 15 s; it is cut after eight silences, and never for its age.
  idle_timeout      = 120
  client_keep_alive = 86400
}

resource "aws_lb_target_group" "this" {
  name                          = "${var.name}-edge"
  vpc_id                        = var.vpc_id
  target_type                   = "ip"
  protocol                      = "HTTP"
  port                          = var.port
  deregistration_delay          = var.stop_timeout_seconds
  load_balancing_algorithm_type = "least_outstanding_requests"

  # Whether the process answers. Were it asked for its database, a database that is away would have
  # every edge killed that could say 503.
  health_check {
    path                = "/health/live"
    matcher             = "200"
    interval            = 15
    timeout             = 5
    healthy_threshold   = 2
    unhealthy_threshold = 3
  }
}

resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.this.arn
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  certificate_arn   = var.certificate_arn

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this.arn
  }
}

resource "aws_lb_listener" "http" {
  load_balancer_arn = aws_lb.this.arn
  port              = 80
  protocol          = "HTTP"

  default_action {
    type = "redirect"

    redirect {
      protocol    = "HTTPS"
      port        = "443"
      status_code = "HTTP_301"
    }
  }
}
