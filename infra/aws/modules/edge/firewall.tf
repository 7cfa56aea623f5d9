# A false alarm of a rule that reads an alert's text is a lost order: what reads bodies and queries
# stays away from webhooks, whose text the edge itself takes apart, strictly.
locals {
  managed = {
    ip-reputation = { priority = 4, group = "AWSManagedRulesAmazonIpReputationList" }
    known-bad     = { priority = 5, group = "AWSManagedRulesKnownBadInputsRuleSet" }
    common        = { priority = 6, group = "AWSManagedRulesCommonRuleSet" }
    sql           = { priority = 7, group = "AWSManagedRulesSQLiRuleSet" }
  }
}

resource "aws_wafv2_ip_set" "tradingview" {
  name               = "${var.name}-tradingview"
  description        = "Where TradingView's alerts come from"
  scope              = "REGIONAL"
  ip_address_version = "IPV4"
  addresses          = [for address in var.tradingview_addresses : "${address}/32"]
}

resource "aws_wafv2_web_acl" "this" {
  name        = "${var.name}-edge"
  description = "Before the load balancer of ${var.name}"
  scope       = "REGIONAL"

  default_action {
    allow {}
  }

  # A load balancer shows the WAF 8 KiB of a body, so its announced length is looked at. The edge
  # caps what comes without one.
  rule {
    name     = "body-size"
    priority = 1

    action {
      block {
        custom_response {
          response_code = 413
        }
      }
    }

    statement {
      regex_match_statement {
        regex_string = "^0*([7-9][0-9]{4}|6[6-9][0-9]{3}|65[6-9][0-9]{2}|655[4-9][0-9]|6553[7-9]|[1-9][0-9]{5,})$"

        field_to_match {
          single_header {
            name = "content-length"
          }
        }

        text_transformation {
          priority = 0
          type     = "NONE"
        }
      }
    }

    visibility_config {
      metric_name                = "body-size"
      cloudwatch_metrics_enabled = true
      sampled_requests_enabled   = false
    }
  }

  rule {
    name     = "address-rate"
    priority = 2

    action {
      block {
        custom_response {
          response_code = 429
        }
      }
    }

    statement {
      rate_based_statement {
        limit              = var.rate_per_address
        aggregate_key_type = "IP"

        scope_down_statement {
          not_statement {
            statement {
              ip_set_reference_statement {
                arn = aws_wafv2_ip_set.tradingview.arn
              }
            }
          }
        }
      }
    }

    visibility_config {
      metric_name                = "address-rate"
      cloudwatch_metrics_enabled = true
      sampled_requests_enabled   = false
    }
  }

  rule {
    name     = "sign-in-rate"
    priority = 3

    action {
      block {
        custom_response {
          response_code = 429
        }
      }
    }

    statement {
      rate_based_statement {
        limit              = var.sign_in_rate_per_address
        aggregate_key_type = "IP"

        scope_down_statement {
          byte_match_statement {
            search_string         = "/api/auth/"
            positional_constraint = "STARTS_WITH"

            field_to_match {
              uri_path {}
            }

            text_transformation {
              priority = 0
              type     = "NORMALIZE_PATH"
            }
          }
        }
      }
    }

    visibility_config {
      metric_name                = "sign-in-rate"
      cloudwatch_metrics_enabled = true
      sampled_requests_enabled   = false
    }
  }

  dynamic "rule" {
    for_each = local.managed

    content {
      name     = rule.key
      priority = rule.value.priority

      override_action {
        none {}
      }

      statement {
        managed_rule_group_statement {
          vendor_name = "AWS"
          name        = rule.value.group

          scope_down_statement {
            not_statement {
              statement {
                byte_match_statement {
                  search_string         = "/webhook/"
                  positional_constraint = "STARTS_WITH"

                  field_to_match {
                    uri_path {}
                  }

                  text_transformation {
                    priority = 0
                    type     = "NORMALIZE_PATH"
                  }
                }
              }
            }
          }
        }
      }

      visibility_config {
        metric_name                = rule.key
        cloudwatch_metrics_enabled = true
        sampled_requests_enabled   = false
      }
    }
  }

  visibility_config {
    metric_name                = "${var.name}-edge"
    cloudwatch_metrics_enabled = true
    sampled_requests_enabled   = false
  }
}

resource "aws_wafv2_web_acl_association" "this" {
  resource_arn = aws_lb.this.arn
  web_acl_arn  = aws_wafv2_web_acl.this.arn
}

resource "aws_cloudwatch_log_group" "firewall" {
  name              = "aws-waf-logs-${var.name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.data_key_arn
}

# What it refused; never the path, which may hold a token, nor what says who somebody is.
resource "aws_wafv2_web_acl_logging_configuration" "this" {
  resource_arn            = aws_wafv2_web_acl.this.arn
  log_destination_configs = [aws_cloudwatch_log_group.firewall.arn]

  redacted_fields {
    uri_path {}
  }

  redacted_fields {
    query_string {}
  }

  dynamic "redacted_fields" {
    for_each = toset(["authorization", "cookie", "x-csrf-token"])

    content {
      single_header {
        name = redacted_fields.value
      }
    }
  }

  logging_filter {
    default_behavior = "DROP"

    filter {
      behavior    = "KEEP"
      requirement = "MEETS_ANY"

      condition {
        action_condition {
          action = "BLOCK"
        }
      }
    }
  }
}
