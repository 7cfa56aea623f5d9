# Every size, by how many users there are. `workers` counts those with a worker at a time: all of
# them, since a strategy is armed for as long as its user likes. A worker takes 64 units and
# 384 MiB: an r7i.large holds 32, an r7i.4xlarge 256, an r7i.12xlarge 768.
locals {
  tiers = {
    solo = {
      nat_gateways = 1
      endpoints    = []
      edge         = { cpu = 1024, memory_mib = 2048, least = 1, most = 2 }
      workers      = { instance_type = "r7i.large", least = 1, most = 2 }
      database     = { least_units = 0.5, most_units = 2, instances = 1 }
      cache        = { gigabytes = 1, ecpu_per_second = 1000 }
      concurrency  = { fed = 2, scheduled = 2 }
      pool_size    = 1
      backup_days  = 7
      log_days     = 30
    }
    "1k" = {
      nat_gateways = 2
      endpoints    = ["sqs", "kms", "secretsmanager", "logs", "ecr.api", "ecr.dkr", "ecs", "ecs-agent", "ecs-telemetry"]
      edge         = { cpu = 1024, memory_mib = 2048, least = 2, most = 6 }
      workers      = { instance_type = "r7i.4xlarge", least = 2, most = 6 }
      database     = { least_units = 2, most_units = 16, instances = 2 }
      cache        = { gigabytes = 2, ecpu_per_second = 10000 }
      concurrency  = { fed = 10, scheduled = 2 }
      pool_size    = 10
      backup_days  = 14
      log_days     = 90
    }
    "10k" = {
      nat_gateways = 2
      endpoints    = ["sqs", "kms", "secretsmanager", "logs", "ecr.api", "ecr.dkr", "ecs", "ecs-agent", "ecs-telemetry"]
      edge         = { cpu = 2048, memory_mib = 4096, least = 4, most = 24 }
      workers      = { instance_type = "r7i.12xlarge", least = 2, most = 18 }
      database     = { least_units = 8, most_units = 64, instances = 2 }
      cache        = { gigabytes = 10, ecpu_per_second = 60000 }
      concurrency  = { fed = 40, scheduled = 2 }
      pool_size    = 50
      backup_days  = 35
      log_days     = 90
    }
    "100k" = {
      nat_gateways = 2
      endpoints    = ["sqs", "kms", "secretsmanager", "logs", "ecr.api", "ecr.dkr", "ecs", "ecs-agent", "ecs-telemetry"]
      edge         = { cpu = 4096, memory_mib = 8192, least = 8, most = 100 }
      workers      = { instance_type = "r7i.24xlarge", least = 4, most = 80 }
      database     = { least_units = 32, most_units = 256, instances = 3 }
      cache        = { gigabytes = 60, ecpu_per_second = 400000 }
      concurrency  = { fed = 200, scheduled = 2 }
      pool_size    = 300
      backup_days  = 35
      log_days     = 365
    }
  }

  size = local.tiers[var.tier]
}
