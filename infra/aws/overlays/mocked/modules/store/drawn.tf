# In place of what is drawn: a mocked provider draws nothing.
locals {
  passwords = { for who in keys(local.users) : who => "mocked" }
}
