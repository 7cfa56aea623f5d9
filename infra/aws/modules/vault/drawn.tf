# Drawn at each apply and kept at the first: they pass through no plan and no state.
ephemeral "aws_secretsmanager_random_password" "key" {
  for_each = local.key_secrets

  password_length     = 128
  exclude_punctuation = true
}

locals {
  drawn = { for name, drawn in ephemeral.aws_secretsmanager_random_password.key : name => base64sha256(drawn.random_password) }
}
