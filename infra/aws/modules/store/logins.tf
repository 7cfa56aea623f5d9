# A login: the proxy signs in by user and password, a process is told the addresses, whole. Nobody
# but the proxy and who migrates reads another's.
resource "aws_secretsmanager_secret" "login" {
  for_each = local.users

  name                    = "${var.name}/logins/${each.key}"
  description             = "${each.value} at the record, and where record and hints are"
  recovery_window_in_days = var.deletion_protection ? var.recovery_days : 0
}

resource "aws_secretsmanager_secret_version" "login" {
  for_each = local.users

  secret_id = aws_secretsmanager_secret.login[each.key].id

  secret_string_wo = jsonencode({
    username              = each.value
    password              = local.passwords[each.key]
    FOURPASS_DATABASE_URL = "postgresql://${each.value}:${local.passwords[each.key]}@${aws_db_proxy.this.endpoint}:5432/${local.database}?sslmode=verify-full"
    FOURPASS_VALKEY_URL   = var.valkey_url
  })
  secret_string_wo_version = var.password_version
}
