# What comes in wrong is refused before anything is made.
mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

variables {
  environment     = "names"
  tier            = "solo"
  public_url      = "https://names.example.com"
  certificate_arn = "arn:aws:acm:us-east-1:000000000000:certificate/11111111-2222-3333-4444-555555555555"
  images          = { edge = "edge:1", worker = "worker:1" }
  package         = "tests/mocks/aws.tfmock.hcl"
}

run "tier_that_is_none" {
  command         = plan
  expect_failures = [var.tier]

  variables {
    tier = "huge"
  }
}

run "name_that_is_too_long" {
  command         = plan
  expect_failures = [var.environment]

  variables {
    environment = "a-name-that-no-balancer-takes"
  }
}

run "url_without_tls" {
  command         = plan
  expect_failures = [var.public_url]

  variables {
    public_url = "http://names.example.com"
  }
}

run "image_that_changes" {
  command         = plan
  expect_failures = [var.images]

  variables {
    images = { edge = "edge:latest", worker = "worker:1" }
  }
}
