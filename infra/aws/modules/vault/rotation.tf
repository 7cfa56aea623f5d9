# Re-wrapping opens every credential, so who does it needs Decrypt. That role is there only while
# somebody is named for it, and nothing that runs for itself can take it.
resource "aws_iam_role" "rotation" {
  count = local.rotates ? 1 : 0

  name                 = "${var.name}-rotation"
  max_session_duration = 3600

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = var.rotation_principal_arn }
      Condition = { Bool = { "aws:MultiFactorAuthPresent" = "true" } }
    }]
  })
}

resource "aws_iam_role_policy" "rotation" {
  count = local.rotates ? 1 : 0

  name = "rewrap"
  role = aws_iam_role.rotation[0].id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "OpenCredentials"
        Effect   = "Allow"
        Action   = ["kms:Decrypt"]
        Resource = [for key in aws_kms_key.credentials : key.arn]
      },
      {
        Sid      = "SealCredentials"
        Effect   = "Allow"
        Action   = ["kms:GetPublicKey"]
        Resource = [aws_kms_key.credentials[local.newest].arn]
      },
    ]
  })
}
