# It takes these and does not tell them back.
resource "aws_rds_cluster" "this" {
  lifecycle {
    ignore_changes = [enabled_cloudwatch_logs_exports]
  }
}

resource "aws_rds_cluster_instance" "this" {
  lifecycle {
    ignore_changes = [performance_insights_kms_key_id]
  }
}
