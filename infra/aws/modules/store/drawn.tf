# Drawn at each apply and kept at the first: it passes through no plan and no state.
ephemeral "aws_secretsmanager_random_password" "database" {
  password_length     = 48
  exclude_punctuation = true
}

locals {
  password = ephemeral.aws_secretsmanager_random_password.database.random_password
}
