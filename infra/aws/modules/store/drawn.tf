# Drawn at each apply and kept at the first: they pass through no plan and no state.
ephemeral "aws_secretsmanager_random_password" "login" {
  for_each = local.users

  password_length     = 48
  exclude_punctuation = true
}

locals {
  passwords = { for who, drawn in ephemeral.aws_secretsmanager_random_password.login : who => drawn.random_password }
}
