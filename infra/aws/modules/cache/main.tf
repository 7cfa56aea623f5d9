# Serverless is a cluster with TLS, always. No truth is kept here: it may be emptied at any time.
resource "aws_elasticache_serverless_cache" "this" {
  name                 = var.name
  description          = "Hints, marks, the pool and live events of ${var.name}"
  engine               = "valkey"
  major_engine_version = "8"
  kms_key_id           = var.data_key_arn
  subnet_ids           = var.subnet_ids
  security_group_ids   = [var.security_group_id]

  cache_usage_limits {
    data_storage {
      maximum = var.size.gigabytes
      unit    = "GB"
    }
    ecpu_per_second {
      maximum = var.size.ecpu_per_second
    }
  }
}
