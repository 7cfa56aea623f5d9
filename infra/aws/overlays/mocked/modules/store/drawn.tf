# In place of what is drawn: a mocked provider draws nothing.
locals {
  password = "mocked"
}
