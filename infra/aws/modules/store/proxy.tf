# Many short functions and many small workers share few connections.
resource "aws_db_proxy" "this" {
  name                   = var.name
  engine_family          = "POSTGRESQL"
  require_tls            = true
  idle_client_timeout    = 1800
  role_arn               = aws_iam_role.proxy.arn
  vpc_subnet_ids         = var.subnet_ids
  vpc_security_group_ids = [var.proxy_security_group_id]

  auth {
    auth_scheme = "SECRETS"
    iam_auth    = "DISABLED"
    secret_arn  = aws_secretsmanager_secret.database.arn
  }
}

resource "aws_db_proxy_default_target_group" "this" {
  db_proxy_name = aws_db_proxy.this.name

  connection_pool_config {
    max_connections_percent      = 90
    max_idle_connections_percent = 30
    connection_borrow_timeout    = 2
  }
}

resource "aws_db_proxy_target" "this" {
  db_proxy_name         = aws_db_proxy.this.name
  target_group_name     = aws_db_proxy_default_target_group.this.name
  db_cluster_identifier = aws_rds_cluster.this.id
}

# What the proxy signs in with.
resource "aws_secretsmanager_secret" "database" {
  name                    = "${var.name}/database"
  description             = "User and password of the database; the proxy alone"
  recovery_window_in_days = var.deletion_protection ? var.recovery_days : 0
}

resource "aws_secretsmanager_secret_version" "database" {
  secret_id = aws_secretsmanager_secret.database.id

  secret_string_wo = jsonencode({
    username = local.user
    password = local.password
  })
  secret_string_wo_version = var.password_version
}

# What every process is told: both addresses, whole.
resource "aws_secretsmanager_secret" "addresses" {
  name                    = "${var.name}/addresses"
  description             = "Where record and hints are, with the password; edge, workers, functions"
  recovery_window_in_days = var.deletion_protection ? var.recovery_days : 0
}

resource "aws_secretsmanager_secret_version" "addresses" {
  secret_id = aws_secretsmanager_secret.addresses.id

  secret_string_wo = jsonencode({
    FOURPASS_DATABASE_URL = "postgresql://${local.user}:${local.password}@${aws_db_proxy.this.endpoint}:5432/${local.database}?sslmode=verify-full"
    FOURPASS_VALKEY_URL   = var.valkey_url
  })
  secret_string_wo_version = var.password_version
}
