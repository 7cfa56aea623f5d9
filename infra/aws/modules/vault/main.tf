data "aws_caller_identity" "this" {}

data "aws_partition" "this" {}

data "aws_region" "this" {}

locals {
  # The one way in which data keys are wrapped.
  algorithm = { StringEquals = { "kms:EncryptionAlgorithm" = "RSAES_OAEP_SHA_256" } }

  root     = "arn:${data.aws_partition.this.partition}:iam::${data.aws_caller_identity.this.account_id}:root"
  versions = toset([for number in range(1, var.key_versions + 1) : tostring(number)])
  newest   = tostring(var.key_versions)
  rotates  = var.rotation_principal_arn != null

  openers = concat([var.worker_role_arn], local.rotates ? [aws_iam_role.rotation[0].arn] : [])
  spared  = local.openers
  sealers = concat([var.edge_role_arn], local.rotates ? [aws_iam_role.rotation[0].arn] : [])
}

# Wraps the data key of each account. Keys that wrap are not rotated by KMS: a version is a new key.
resource "aws_kms_key" "credentials" {
  for_each = local.versions

  description              = "Broker credentials of ${var.name}, version ${each.key}"
  customer_master_key_spec = "RSA_4096"
  key_usage                = "ENCRYPT_DECRYPT"
  deletion_window_in_days  = var.recovery_days
}

resource "aws_kms_alias" "credentials" {
  for_each = local.versions

  name          = "alias/${var.name}-credentials-${each.key}"
  target_key_id = aws_kms_key.credentials[each.key].key_id
}

# The account may administer the key and not use it, so that no policy in IAM can give what is not
# given here.
resource "aws_kms_key_policy" "credentials" {
  for_each = local.versions

  key_id = aws_kms_key.credentials[each.key].key_id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "Administer"
        Effect    = "Allow"
        Principal = { AWS = local.root }
        Resource  = "*"
        Action = [
          "kms:CancelKeyDeletion", "kms:CreateAlias", "kms:DeleteAlias", "kms:DescribeKey",
          "kms:DisableKey", "kms:EnableKey", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus",
          "kms:ListResourceTags", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion",
          "kms:TagResource", "kms:UntagResource", "kms:UpdateAlias", "kms:UpdateKeyDescription",
        ]
      },
      {
        Sid       = "Open"
        Effect    = "Allow"
        Principal = { AWS = local.openers }
        Resource  = "*"
        Action    = ["kms:Decrypt"]
        Condition = local.algorithm
      },
      {
        Sid       = "Seal"
        Effect    = "Allow"
        Principal = { AWS = local.sealers }
        Resource  = "*"
        Action    = ["kms:GetPublicKey"]
      },
      {
        Sid       = "NobodyElseOpens"
        Effect    = "Deny"
        Principal = "*"
        Resource  = "*"
        Action    = ["kms:Decrypt", "kms:ReEncryptFrom", "kms:CreateGrant"]
        Condition = { ArnNotLike = { "aws:PrincipalArn" = local.spared } }
      },
    ]
  })
}
