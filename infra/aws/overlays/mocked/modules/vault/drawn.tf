# In place of what is drawn: a mocked provider draws nothing.
locals {
  drawn = { for name in keys(local.key_secrets) : name => "mocked" }
}
