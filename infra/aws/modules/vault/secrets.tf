# Keys that are files on one machine are secrets here: {"1": base64 of 32 bytes, …}. They are drawn
# at the first apply, pass through no state and no plan, and are never drawn again: a new version
# of a key is added to the secret by hand.
locals {
  key_secrets = {
    origin = "Proves who sealed a credential; edge and workers"
    box    = "Encrypts small secrets of the edge; edge alone"
  }
}

resource "aws_secretsmanager_secret" "keys" {
  for_each = local.key_secrets

  name                    = "${var.name}/${each.key}-keys"
  description             = each.value
  recovery_window_in_days = var.recover_secrets ? var.recovery_days : 0
}

resource "aws_secretsmanager_secret_version" "keys" {
  for_each = local.key_secrets

  secret_id                = aws_secretsmanager_secret.keys[each.key].id
  secret_string_wo         = jsonencode({ "1" = local.drawn[each.key] })
  secret_string_wo_version = 1
}
