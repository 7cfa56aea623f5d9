# It takes this and tells next to nothing of it back.
resource "aws_flow_log" "this" {
  lifecycle {
    ignore_changes = all
  }
}
