# AWS names the role in aws:PrincipalArn, the emulator the session that took it.
locals {
  spared = concat(local.openers, [
    for role in local.openers : "${replace(replace(role, ":iam:", ":sts:"), ":role/", ":assumed-role/")}/*"
  ])
}
