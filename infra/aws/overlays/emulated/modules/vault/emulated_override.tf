# AWS names the role in aws:PrincipalArn, the emulator the session that took it; and of several
# values it wants each to be another one.
locals {
  spared = [
    for role in local.openers : "${replace(replace(role, ":iam:", ":sts:"), ":role/", ":assumed-role/")}/*"
  ]
}

# It names no algorithm to a policy, so the condition on one is that there is none.
locals {
  algorithm = { Null = { "kms:EncryptionAlgorithm" = "true" } }
}
