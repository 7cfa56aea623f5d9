provider "aws" {
  region = var.region

  default_tags {
    tags = {
      project     = "fourpass"
      environment = "production"
      tier        = var.tier
      managed_by  = "terraform"
    }
  }
}

module "house" {
  source = "../../modules/house"

  environment            = "production"
  tier                   = var.tier
  public_url             = var.public_url
  certificate_arn        = var.certificate_arn
  images                 = var.images
  package                = var.package
  cidr                   = "10.30.0.0/16"
  egress_allocation_ids  = var.egress_allocation_ids
  alarm_emails           = var.alarm_emails
  mail                   = var.mail
  key_versions           = var.key_versions
  password_version       = var.password_version
  rotation_principal_arn = var.rotation_principal_arn
  deletion_protection    = true
}
