# The emulator keeps this rule, and speaks plain HTTP: with it nobody, not even the account's owner,
# gets an answer from a queue.
resource "aws_sqs_queue_policy" "tls" {
  for_each = {}
}
