# It takes these and tells next to nothing of them back.
resource "aws_cloudwatch_metric_alarm" "this" {
  lifecycle {
    ignore_changes = all
  }
}
