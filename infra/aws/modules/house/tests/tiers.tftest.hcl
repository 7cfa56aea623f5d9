# Every tier plans, and each is larger than the one before; a house that cannot lose a zone is
# only for one's own.
mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

variables {
  environment     = "tiers"
  public_url      = "https://tiers.example.com"
  certificate_arn = "arn:aws:acm:us-east-1:000000000000:certificate/11111111-2222-3333-4444-555555555555"
  images          = { edge = "edge:1", worker = "worker:1" }
  package         = "tests/mocks/aws.tfmock.hcl"
}

run "solo" {
  command = plan

  variables {
    tier = "solo"
  }

  assert {
    condition     = length(module.network.egress_addresses) == 1
    error_message = "One gateway is enough for one."
  }
}

run "thousand" {
  command = plan

  variables {
    tier = "1k"
  }

  assert {
    condition     = length(module.network.egress_addresses) == 2
    error_message = "A thousand users must not depend on one zone."
  }

  assert {
    condition     = local.tiers["1k"].workers.most * 256 >= 1000 && local.tiers["1k"].database.instances >= 2
    error_message = "A worker for each of a thousand users, and a database that survives a zone."
  }
}

run "ten_thousand" {
  command = plan

  variables {
    tier = "10k"
  }

  assert {
    condition     = local.tiers["10k"].workers.most * 768 >= 10000 && local.tiers["10k"].database.instances >= 2
    error_message = "A worker for each of ten thousand users."
  }
}

run "hundred_thousand" {
  command = plan

  variables {
    tier = "100k"
  }

  assert {
    condition     = local.tiers["100k"].workers.most * 1536 >= 100000
    error_message = "A worker for each of a hundred thousand users."
  }

  assert {
    condition     = alltrue([for tier, size in local.tiers : size.concurrency.fed >= 2])
    error_message = "An event source mapping takes at least 2."
  }
}
