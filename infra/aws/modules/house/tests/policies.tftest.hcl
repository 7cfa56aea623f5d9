# Of what the policies say, the few things that nobody may ever change by accident. The whole table
# is compared in tests/infra.
mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

variables {
  environment     = "policies"
  tier            = "solo"
  public_url      = "https://policies.example.com"
  certificate_arn = "arn:aws:acm:us-east-1:000000000000:certificate/11111111-2222-3333-4444-555555555555"
  images          = { edge = "edge:1", worker = "worker:1" }
  package         = "tests/mocks/aws.tfmock.hcl"
}

# A plan tells them apart.
override_resource {
  target          = module.store.aws_secretsmanager_secret.login["owner"]
  override_during = plan
  values          = { arn = "arn:aws:secretsmanager:us-east-1:000000000000:secret:logins/owner" }
}

override_resource {
  target          = module.store.aws_secretsmanager_secret.login["app"]
  override_during = plan
  values          = { arn = "arn:aws:secretsmanager:us-east-1:000000000000:secret:logins/app" }
}

override_resource {
  target          = module.store.aws_secretsmanager_secret.login["worker"]
  override_during = plan
  values          = { arn = "arn:aws:secretsmanager:us-east-1:000000000000:secret:logins/worker" }
}

override_resource {
  target          = module.store.aws_secretsmanager_secret.login["control"]
  override_during = plan
  values          = { arn = "arn:aws:secretsmanager:us-east-1:000000000000:secret:logins/control" }
}

# The plan of which tests/infra reads policies, queues and counts.
run "whole" {
  command = plan

  assert {
    condition     = module.vault.newest_key_arn != ""
    error_message = "There is a key."
  }

  assert {
    condition     = length(module.lambdas.function_names) == length(local.agreed.functions)
    error_message = "Each function is deployed."
  }

  assert {
    condition     = keys(module.store.login_secret_arns) == ["app", "control", "owner", "worker"]
    error_message = "A login for each role of the record, and one for who migrates."
  }

  assert {
    condition     = length(distinct(values(module.store.login_secret_arns))) == 4
    error_message = "Each login has a secret of its own."
  }
}
