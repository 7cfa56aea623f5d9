# Who may speak to whom: one table. What is not in it is not possible, in either direction.
locals {
  rooms = toset(["balancer", "edge", "workers", "lambdas", "migrate", "proxy", "database", "cache", "endpoints"])

  flows = {
    "balancer to edge"     = { from = "balancer", to = "edge", port = var.edge_port }
    "edge to proxy"        = { from = "edge", to = "proxy", port = 5432 }
    "workers to proxy"     = { from = "workers", to = "proxy", port = 5432 }
    "lambdas to proxy"     = { from = "lambdas", to = "proxy", port = 5432 }
    "migrate to proxy"     = { from = "migrate", to = "proxy", port = 5432 }
    "proxy to database"    = { from = "proxy", to = "database", port = 5432 }
    "edge to cache"        = { from = "edge", to = "cache", port = 6379 }
    "workers to cache"     = { from = "workers", to = "cache", port = 6379 }
    "lambdas to cache"     = { from = "lambdas", to = "cache", port = 6379 }
    "edge to endpoints"    = { from = "edge", to = "endpoints", port = 443 }
    "workers to endpoints" = { from = "workers", to = "endpoints", port = 443 }
    "lambdas to endpoints" = { from = "lambdas", to = "endpoints", port = 443 }
    "migrate to endpoints" = { from = "migrate", to = "endpoints", port = 443 }
  }

  # Where the world comes in: alerts and people, by TLS; plain HTTP is told to come back by TLS.
  doors = { https = 443, http = 80 }

  # Who calls out: workers call brokers, the edge sends mail and notifications, and what has no
  # endpoint of its own is reached so.
  callers = {
    "edge https"    = { from = "edge", port = 443 }
    "edge mail"     = { from = "edge", port = 587 }
    "workers https" = { from = "workers", port = 443 }
    "lambdas https" = { from = "lambdas", port = 443 }
    "migrate https" = { from = "migrate", port = 443 }
  }
}

resource "aws_security_group" "this" {
  for_each = local.rooms

  name        = "${var.name}-${each.key}"
  description = "The ${each.key} of ${var.name}"
  vpc_id      = aws_vpc.this.id

  tags = { Name = "${var.name}-${each.key}" }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_vpc_security_group_egress_rule" "flow" {
  for_each = local.flows

  security_group_id            = aws_security_group.this[each.value.from].id
  referenced_security_group_id = aws_security_group.this[each.value.to].id
  description                  = each.key
  ip_protocol                  = "tcp"
  from_port                    = each.value.port
  to_port                      = each.value.port
}

resource "aws_vpc_security_group_ingress_rule" "flow" {
  for_each = local.flows

  security_group_id            = aws_security_group.this[each.value.to].id
  referenced_security_group_id = aws_security_group.this[each.value.from].id
  description                  = each.key
  ip_protocol                  = "tcp"
  from_port                    = each.value.port
  to_port                      = each.value.port
}

resource "aws_vpc_security_group_ingress_rule" "door" {
  for_each = local.doors

  security_group_id = aws_security_group.this["balancer"].id
  cidr_ipv4         = "0.0.0.0/0"
  description       = "the world, by ${each.key}"
  ip_protocol       = "tcp"
  from_port         = each.value
  to_port           = each.value
}

resource "aws_vpc_security_group_egress_rule" "caller" {
  for_each = local.callers

  security_group_id = aws_security_group.this[each.value.from].id
  cidr_ipv4         = "0.0.0.0/0"
  description       = each.key
  ip_protocol       = "tcp"
  from_port         = each.value.port
  to_port           = each.value.port
}
